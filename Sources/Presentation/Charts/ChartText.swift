public import KQLValues

/// What `render` asks for, as characters.
public enum ChartText {
    /// Nil when the visualization is none that can be drawn (`table` among them), or the rows hold nothing to draw.
    public static func text(
        of table: Table, visualization: String, properties: [String: String] = [:], on surface: TextSurface
    ) -> String? {
        let properties = Dictionary(properties.map { ($0.key.lowercased(), $0.value) }, uniquingKeysWith: { $1 })
        guard let chart = chart(table, visualization.lowercased(), properties, surface) else { return nil }
        guard let title = properties["title"], !title.isEmpty else { return chart }
        return surface.styled(surface.shown(title), .bold) + "\n" + chart
    }

    private static func chart(
        _ table: Table, _ visualization: String, _ properties: [String: String], _ surface: TextSurface
    ) -> String? {
        func data(prefersTime: Bool) -> ChartData? {
            ChartData(table, properties: properties, prefersTime: prefersTime)
        }
        switch visualization {
        case "timechart", "anomalychart", "linechart":
            return data(prefersTime: visualization != "linechart")
                .map { PlotChart(data: $0, kind: .lines, surface: surface).text() }
        case "areachart", "stackedareachart":
            return data(prefersTime: true).map { PlotChart(data: $0, kind: .areas, surface: surface).text() }
        case "scatterchart":
            return data(prefersTime: false).map { PlotChart(data: $0, kind: .points, surface: surface).text() }
        case "barchart", "columnchart":
            return data(prefersTime: false).map { BarChart(data: $0, showsShares: false, surface: surface).text() }
        case "piechart", "treemap":
            return data(prefersTime: false).map { BarChart(data: $0, showsShares: true, surface: surface).text() }
        case "card": return card(table, surface)
        default: return nil
        }
    }

    /// Each value of the first row under its name.
    private static func card(_ table: Table, _ surface: TextSurface) -> String? {
        guard table.rowCount > 0, !table.columns.isEmpty else { return nil }
        return zip(table.schema.columns, table.columns).map { column, values in
            let value = values[0].text.map(surface.shown) ?? "null"
            return surface.styled(surface.shown(column.name), .faint) + "\n  " + surface.styled(value, .bold) + "\n"
        }.joined()
    }
}
