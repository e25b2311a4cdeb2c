internal import Casebook
internal import Vocabulary

extension AssetInventory {
    /// Reads an inventory in CSV (RFC 4180) with the columns `kind,names,tags,sensitivity,owner` in any order, of which
    /// the first two are needed; several names or tags are separated by `;` or `|`.
    ///
    /// - Throws: `ContentFault` with file and line.
    public init(csv text: String, file: String) throws(ContentFault) {
        var rows = CSVRows(text)
        guard let header = try rows.next(file: file) else {
            self.init()
            return
        }
        let columns = header.fields.map { $0.lowercased() }
        guard let kindColumn = columns.firstIndex(of: "kind"),
            let nameColumn = columns.firstIndex(where: { ["names", "name"].contains($0) })
        else {
            throw ContentFault(
                file: file, line: 1,
                "the first line must name the columns 'kind' and 'names' (and 'tags', 'sensitivity', 'owner')")
        }
        var assets: [Asset] = []
        while let row = try rows.next(file: file) {
            if row.fields.allSatisfy(\.isEmpty) { continue }
            func field(_ name: String) -> String {
                columns.firstIndex(of: name).flatMap { row.fields.indices.contains($0) ? row.fields[$0] : nil } ?? ""
            }
            func fault(_ message: String) -> ContentFault { ContentFault(file: file, line: row.line, message) }
            guard row.fields.indices.contains(max(kindColumn, nameColumn)) else {
                throw fault("this line has \(row.fields.count) fields; the first line names \(columns.count)")
            }
            guard let kind = EntityKind(lenient: row.fields[kindColumn]) else {
                throw fault("'\(row.fields[kindColumn])' is no kind of asset; write host, account, ip…")
            }
            let names = row.fields[nameColumn].listed
            guard !names.isEmpty else { throw fault("an asset needs a name") }
            let word = field("sensitivity")
            let sensitivity = Sensitivity(lenient: word)
            guard word.isEmpty || sensitivity != nil else {
                throw fault("'\(word)' is no sensitivity; write low, medium, high or critical")
            }
            assets.append(
                Asset(
                    kind: kind, names: names, tags: field("tags").listed, sensitivity: sensitivity,
                    owner: field("owner")))
        }
        self.init(assets: assets)
    }
}

extension String {
    fileprivate var listed: [String] {
        split(whereSeparator: { $0 == ";" || $0 == "|" })
            .map { $0.trimmingPrefix(while: \.isWhitespace) }
            .map { String($0.reversed().trimmingPrefix(while: \.isWhitespace).reversed()) }
            .filter { !$0.isEmpty }
    }
}

/// Rows of CSV: fields separated by commas, quoted where they hold commas, quotation marks or line breaks.
private struct CSVRows {
    private var rest: Substring
    private var line = 1

    init(_ text: String) {
        rest = text.hasPrefix("\u{FEFF}") ? text.dropFirst() : text[...]
    }

    /// The next row with the line where it begins.
    mutating func next(file: String) throws(ContentFault) -> (fields: [String], line: Int)? {
        guard !rest.isEmpty else { return nil }
        let start = line
        var fields: [String] = []
        while true {
            fields.append(try field(file: file))
            guard let separator = rest.popFirst() else { break }
            if separator.isNewline {
                line += 1
                break
            }
        }
        return (fields, start)
    }

    private mutating func field(file: String) throws(ContentFault) -> String {
        rest = rest.drop { $0 == " " || $0 == "\t" }
        guard rest.first == "\"" else {
            let text = rest.prefix { $0 != "," && !$0.isNewline }
            rest = rest[text.endIndex...]
            return String(text.reversed().drop { $0.isWhitespace }.reversed())
        }
        let start = line
        rest.removeFirst()
        var text = ""
        while let character = rest.popFirst() {
            if character == "\"" {
                guard rest.first == "\"" else {
                    rest = rest.drop { $0 != "," && !$0.isNewline }
                    return text
                }
                rest.removeFirst()
            }
            if character.isNewline { line += 1 }
            text.append(character)
        }
        throw ContentFault(file: file, line: start, "a quotation mark is opened here and never closed; close it")
    }
}
