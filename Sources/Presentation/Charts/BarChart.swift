/// Bars that lie, one per category and series, with their values; or shares of a whole.
struct BarChart {
    let data: ChartData
    let showsShares: Bool
    let surface: TextSurface

    /// The most bars that are drawn.
    private static let maximumBars = 60

    private struct Bar {
        let label: String
        let value: Double
        let series: Int
        let isFirst: Bool
    }

    func text() -> String {
        let all = bars()
        let bars = Array(all.prefix(Self.maximumBars))
        let total = all.reduce(0) { $0 + max(0, $1.value) }
        let values = bars.map { bar in
            let value = NumberText.short(bar.value)
            if showsShares, total > 0 { return "\(value)  \(percent(bar.value / total))" }
            return namesSeries ? "\(value)  \(surface.shown(data.series[bar.series].label))" : value
        }
        let labelRoom = max(8, surface.chartWidth / 3)
        let labels = bars.map { DisplayWidth.cut(surface.shown($0.label), to: labelRoom, mark: surface.ellipsis) }
        let labelWidth = labels.map(DisplayWidth.of).max() ?? 0
        let valueWidth = values.map(DisplayWidth.of).max() ?? 0
        let room = max(8, surface.chartWidth - labelWidth - valueWidth - 3)
        let low = min(0, bars.map(\.value).min() ?? 0)
        let high = showsShares ? total : max(0, bars.map(\.value).max() ?? 0)
        let scale = high > low ? Double(room) / (high - low) : 0
        var text = ""
        for (index, bar) in bars.enumerated() {
            let label = DisplayWidth.padded(bar.isFirst ? labels[index] : "", to: labelWidth)
            let start = (min(bar.value, 0) - low) * scale
            let drawn = blocks(from: start, length: bar.value.magnitude * scale)
            text += "\(label) \(surface.isUnicode ? "▏" : "|")" + surface.styled(drawn, .series(bar.series))
            text += (drawn.isEmpty ? "" : " ") + values[index] + "\n"
        }
        if all.count > bars.count { text += "\(all.count - bars.count) further bars are not drawn\n" }
        return text + legend()
    }

    /// Without colours each bar says whose it is.
    private var namesSeries: Bool { data.series.count > 1 && !surface.hasColors }

    private func bars() -> [Bar] {
        let isSplit = data.series.count > 1
        var bars: [(x: Double, bar: Bar)] = []
        let xs = Set(data.series.flatMap { $0.points.map(\.x) }).sorted()
        let span = (xs.last ?? 0) - (xs.first ?? 0)
        var byPlace: [Double: [(series: Int, y: Double)]] = [:]
        for (index, series) in data.series.enumerated() {
            for point in series.points { byPlace[point.x, default: []].append((index, point.y)) }
        }
        for x in xs {
            for (position, entry) in (byPlace[x] ?? []).enumerated() {
                bars.append(
                    (
                        x,
                        Bar(
                            label: data.label(of: x, span: span), value: entry.y,
                            series: isSplit ? entry.series : 0, isFirst: position == 0 || !isSplit)
                    ))
            }
        }
        return bars.map(\.bar)
    }

    /// Eighths of a block at the end where the surface has them.
    private func blocks(from start: Double, length: Double) -> String {
        let blanks = String(repeating: " ", count: Int(start.rounded()))
        guard surface.isUnicode else {
            return blanks + String(repeating: "#", count: Int(length.rounded()))
        }
        let eighths = Int((length * 8).rounded())
        let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"]
        return blanks + String(repeating: "█", count: eighths / 8) + parts[eighths % 8]
    }

    private func percent(_ share: Double) -> String {
        "\((share * 1000).rounded() / 10)%"
    }

    private func legend() -> String {
        guard data.series.count > 1, !namesSeries else { return "" }
        let entries = data.series.enumerated().map { index, series in
            surface.styled(surface.isUnicode ? "█" : "#", .series(index)) + " "
                + DisplayWidth.cut(surface.shown(series.label), to: 40, mark: surface.ellipsis)
        }
        return TextLines.wrapped(entries, to: surface.chartWidth) + "\n"
    }
}
