/// Series over an axis: as lines, filled areas or points.
struct PlotChart {
    enum Kind {
        case lines
        case areas
        case points
    }

    let data: ChartData
    let kind: Kind
    let surface: TextSurface

    private static let height = 14

    func text() -> String {
        let (xs, values) = data.bounds
        // Areas, and lines that come near to zero, stand on it.
        let bottom = kind == .points ? values.lowerBound : min(0, values.lowerBound)
        var top = max(values.upperBound, kind == .points ? values.upperBound : 0)
        if top == bottom { top = bottom + 1 }
        let labels = [top, (top + bottom) / 2, bottom].map(NumberText.short)
        let margin = labels.map(DisplayWidth.of).max() ?? 0
        let width = surface.chartWidth - margin - 3
        var canvas = PlotCanvas(width: width, height: Self.height, seriesCount: data.series.count, on: surface)
        let frame = Frame(xs: xs, ys: bottom...top, columns: canvas.columns, rows: canvas.rows)
        for (index, series) in data.series.enumerated() { draw(series, index, frame, &canvas) }
        var text = ""
        let (bar, corner, rule) = surface.isUnicode ? ("┤", "└", "─") : ("|", "+", "-")
        for (row, line) in canvas.lines.enumerated() {
            let label = [0: labels[0], Self.height / 2: labels[1], Self.height - 1: labels[2]][row] ?? ""
            text += DisplayWidth.padded(label, to: margin, atStart: true) + " \(bar)" + line.trimmedAtEnd + "\n"
        }
        text += String(repeating: " ", count: margin + 1) + corner + String(repeating: rule, count: width) + "\n"
        text += String(repeating: " ", count: margin + 2) + axisLabels(xs, width) + "\n"
        return text + legend(canvas)
    }

    private struct Frame {
        let xs: ClosedRange<Double>
        let ys: ClosedRange<Double>
        let columns: Int
        let rows: Int

        func place(_ point: (x: Double, y: Double)) -> (column: Int, row: Int) {
            let x = Frame.share(point.x, of: xs)
            let y = Frame.share(point.y, of: ys)
            return (Int((x * Double(columns - 1)).rounded()), rows - 1 - Int((y * Double(rows - 1)).rounded()))
        }

        /// Where a value stands in a range, from 0 to 1. Halves are compared: the range itself may be no finite number.
        private static func share(_ value: Double, of range: ClosedRange<Double>) -> Double {
            let length = range.upperBound / 2 - range.lowerBound / 2
            guard length > 0 else { return 0.5 }
            return min(1, max(0, (value / 2 - range.lowerBound / 2) / length))
        }
    }

    private func draw(_ series: ChartData.Series, _ index: Int, _ frame: Frame, _ canvas: inout PlotCanvas) {
        let ground = frame.place((frame.xs.lowerBound, 0)).row
        var last: (column: Int, row: Int)?
        for point in series.points {
            let place = frame.place(point)
            switch kind {
            case .points: canvas.plot(column: place.column, row: place.row, series: index)
            case .lines: canvas.line(from: last ?? place, to: place, series: index)
            case .areas: fill(from: last ?? place, to: place, ground: ground, index, &canvas)
            }
            last = place
        }
    }

    private func fill(
        from start: (column: Int, row: Int), to end: (column: Int, row: Int), ground: Int, _ series: Int,
        _ canvas: inout PlotCanvas
    ) {
        let count = max(1, end.column - start.column)
        for step in 0...count {
            let row = start.row + (end.row - start.row) * step / count
            let column = min(start.column + step, max(start.column, end.column))
            canvas.line(from: (column, row), to: (column, ground), series: series)
        }
    }

    /// The first, middle and last place of the axis below the chart.
    private func axisLabels(_ xs: ClosedRange<Double>, _ width: Int) -> String {
        let span = xs.upperBound - xs.lowerBound
        let room = max(4, width / 3 - 2)
        func label(_ x: Double) -> String {
            DisplayWidth.cut(surface.shown(data.label(of: x, span: span)), to: room, mark: surface.ellipsis)
        }
        guard span > 0 else { return String(repeating: " ", count: width / 2) + label(xs.lowerBound) }
        let (first, middle, last) = (label(xs.lowerBound), label(xs.lowerBound + span / 2), label(xs.upperBound))
        let left = max(1, width / 2 - DisplayWidth.of(first) - DisplayWidth.of(middle) / 2)
        let used = DisplayWidth.of(first) + left + DisplayWidth.of(middle)
        let right = max(1, width - used - DisplayWidth.of(last))
        return first + String(repeating: " ", count: left) + middle + String(repeating: " ", count: right) + last
    }

    private func legend(_ canvas: PlotCanvas) -> String {
        let entries = data.series.enumerated().map { index, series in
            let label = DisplayWidth.cut(surface.shown(series.label), to: 40, mark: surface.ellipsis)
            return surface.styled(canvas.marker(of: index), .series(index)) + " " + label
        }
        let more = data.omitted > 0 ? "\n\(data.omitted) further series are not drawn" : ""
        return TextLines.wrapped(entries, to: surface.chartWidth) + more + "\n"
    }
}

/// Lines made of pieces.
enum TextLines {
    /// The pieces, three blanks apart, on lines of at most that width.
    static func wrapped(_ pieces: [String], to width: Int) -> String {
        var lines: [String] = []
        var current = ""
        var used = 0
        for piece in pieces {
            let next = DisplayWidth.of(piece.withoutStyles)
            if used > 0, used + 3 + next > width {
                lines.append(current)
                (current, used) = ("", 0)
            }
            current += (used > 0 ? "   " : "") + piece
            used += (used > 0 ? 3 : 0) + next
        }
        return (lines + [current]).joined(separator: "\n")
    }
}

extension String {
    fileprivate var trimmedAtEnd: String {
        guard let last = lastIndex(where: { $0 != " " }) else { return "" }
        return String(self[...last])
    }

    /// The text without the sequences that style it.
    fileprivate var withoutStyles: String { replacing(/\u{1B}\[[0-9;]*m/, with: "") }
}
