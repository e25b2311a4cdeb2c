internal import Configuration
internal import EventStore

extension RetentionPolicy {
    /// Reads `retention.interactiveDays`, `retention.totalDays`, and `retention.tables`: `SigninLogs=30/365`.
    init(_ reader: ConfigReader, path: String) throws {
        let days = reader.int(forKey: "retention.interactiveDays", default: TableRetention.standard.interactiveDays)
        let total = reader.int(forKey: "retention.totalDays")
        guard let standard = TableRetention(interactiveDays: days, totalDays: total) else {
            throw SettingsError(message: "\(path): retention is \(days) of \(total ?? days) days; \(Self.rule)")
        }
        self.init(standard: standard)
        for text in reader.stringArray(forKey: "retention.tables", default: []) {
            let parts = text.split(separator: "=")
            let numbers = parts.count == 2 ? parts[1].split(separator: "/").map { Int($0) } : []
            guard (1...2).contains(numbers.count), let days = numbers[0],
                let retention = TableRetention(interactiveDays: days, totalDays: numbers.count == 2 ? numbers[1] : nil)
            else {
                throw SettingsError(
                    message: "\(path): retention.tables holds '\(text)'; write 'SigninLogs=30' or 'SigninLogs=30/365': "
                        + Self.rule)
            }
            tables[String(parts[0])] = retention
        }
    }

    private static let rule =
        "days are \(TableRetention.leastDays) to \(TableRetention.mostDays), and the total is no less than the rest"
}
