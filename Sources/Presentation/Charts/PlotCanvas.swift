/// A grid of characters on which series are drawn point by point.
///
/// Where series differ by colour, or there is only one, each character holds two by four dots of braille; elsewhere each
/// series has a character of its own.
struct PlotCanvas {
    private let width: Int
    private let height: Int
    private let surface: TextSurface
    private let usesDots: Bool
    /// Per cell the dots, and the series that drew last.
    private var dots: [UInt8]
    private var owners: [Int?]

    init(width: Int, height: Int, seriesCount: Int, on surface: TextSurface) {
        self.width = width
        self.height = height
        self.surface = surface
        usesDots = surface.isUnicode && (surface.hasColors || seriesCount == 1)
        dots = Array(repeating: 0, count: width * height)
        owners = Array(repeating: nil, count: width * height)
    }

    /// Points across and down.
    var columns: Int { usesDots ? width * 2 : width }
    var rows: Int { usesDots ? height * 4 : height }

    /// Dots of a braille character (U+2800 and up), by row and column.
    private static let masks: [[UInt8]] = [[0x01, 0x08], [0x02, 0x10], [0x04, 0x20], [0x40, 0x80]]
    private static let markers: [Character] = ["●", "○", "▲", "△", "■", "□", "◆", "◇", "✚", "✖"]
    private static let plainMarkers: [Character] = ["*", "+", "o", "x", "#", "@", "%", "=", "~", "&"]

    mutating func plot(column: Int, row: Int, series: Int) {
        guard column >= 0, column < columns, row >= 0, row < rows else { return }
        let cell = usesDots ? row / 4 * width + column / 2 : row * width + column
        if usesDots { dots[cell] |= PlotCanvas.masks[row % 4][column % 2] }
        owners[cell] = series
    }

    /// A straight line between two points (Bresenham).
    mutating func line(from start: (column: Int, row: Int), to end: (column: Int, row: Int), series: Int) {
        let (dx, dy) = (abs(end.column - start.column), -abs(end.row - start.row))
        let (stepX, stepY) = (start.column < end.column ? 1 : -1, start.row < end.row ? 1 : -1)
        var (column, row, error) = (start.column, start.row, dx + dy)
        while true {
            plot(column: column, row: row, series: series)
            if column == end.column, row == end.row { return }
            let twice = 2 * error
            if twice >= dy {
                error += dy
                column += stepX
            }
            if twice <= dx {
                error += dx
                row += stepY
            }
        }
    }

    /// The lines of text from the top.
    var lines: [String] {
        (0..<height).map { row in
            var line = ""
            for column in 0..<width {
                let cell = row * width + column
                guard let owner = owners[cell] else {
                    line += " "
                    continue
                }
                let character =
                    usesDots
                    ? String(Character(Unicode.Scalar(UInt32(0x2800) + UInt32(dots[cell])) ?? " ")) : marker(of: owner)
                line += surface.styled(character, .series(owner))
            }
            return line
        }
    }

    /// How a series is marked in the legend.
    func marker(of series: Int) -> String {
        if usesDots { return "━" }
        let markers = surface.isUnicode ? PlotCanvas.markers : PlotCanvas.plainMarkers
        return String(markers[series % markers.count])
    }
}
