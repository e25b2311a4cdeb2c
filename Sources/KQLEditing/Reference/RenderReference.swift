/// The kinds of charts and their properties.
enum RenderReference {
    static let kinds = [
        "timechart", "barchart", "columnchart", "piechart", "table", "areachart", "linechart", "scatterchart", "card",
        "stackedareachart", "anomalychart", "ladderchart", "pivotchart", "plotly", "timepivot", "treemap", "graph",
    ]

    static let properties: [OperatorReference.Option] = [
        .init("title", [], "The title of the chart."),
        .init("kind", ["default", "stacked", "stacked100", "unstacked", "map"], "How series are put together."),
        .init("xcolumn", [], "The column of the horizontal axis."),
        .init("ycolumns", [], "The columns of the vertical axis."),
        .init("series", [], "The columns that tell series apart."),
        .init("xtitle", [], "The title of the horizontal axis."),
        .init("ytitle", [], "The title of the vertical axis."),
        .init("xaxis", ["linear", "log"], "The scale of the horizontal axis."),
        .init("yaxis", ["linear", "log"], "The scale of the vertical axis."),
        .init("legend", ["visible", "hidden"], "Whether the legend is shown."),
        .init("accumulate", ["true", "false"], "Whether each value is added to the ones before."),
        .init("ysplit", ["none", "axes", "panels"], "Whether columns have axes or panels of their own."),
        .init("ymin", [], "The least value of the vertical axis."),
        .init("ymax", [], "The greatest value of the vertical axis."),
        .init("anomalycolumns", [], "The columns that mark anomalies."),
    ]
}
