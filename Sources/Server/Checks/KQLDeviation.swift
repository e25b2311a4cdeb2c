/// Where Tocsin differs from Kusto on purpose or by its nature, by the name of the function, plugin or operator.
enum KQLDeviation {
    /// What to know about it; nil when it does what Kusto does.
    static func of(_ name: String) -> String? { notes[name] }

    private static let sketch = "sketches are Tocsin's own; those that Kusto wrote cannot be read."
    private static let exact = "exact; Kusto estimates, so large results differ slightly."
    private static let ring = "a ring may start at another corner than in Kusto when several shapes are joined."
    private static let period = "scores are autocorrelations and higher than Kusto's, and more periods may be found."
    private static let pattern = "deterministic; among patterns of like worth Kusto may choose others."
    private static let oneTable = "gives the first of Kusto's tables only."
    private static let here = "names of other places stand for this installation."

    private static let notes: [String: String] = [
        "hll": sketch, "hll_if": sketch, "hll_merge": sketch, "tdigest": sketch, "tdigest_merge": sketch,
        "dcount_hll": sketch, "dcount_intersect": sketch, "percentile_tdigest": sketch,
        "percentiles_array_tdigest": sketch, "rank_tdigest": sketch, "percentrank_tdigest": sketch,
        "dcount": exact, "dcountif": exact, "percentile": exact, "percentiles": exact, "percentilew": exact,
        "percentilesw": exact, "percentiles_array": exact, "percentilesw_array": exact, "estimate_rows_count": exact,
        "geo_union_polygons_array": ring, "geo_intersection_2polygons": ring, "geo_polygon_buffer": ring,
        "geo_line_buffer": ring, "geo_simplify_polygons_array": ring,
        "geo_polygon_to_h3cells": "the cells are sorted; Kusto's order is not documented.",
        "geo_info_from_ip_address": "needs a location database in the installation; null without one.",
        "series_periods_detect": period, "series_periods_validate": period,
        "autocluster": pattern, "basket": pattern, "diffpatterns": pattern, "diffpatterns_text": pattern,
        "funnel_sequence": oneTable, "preview": oneTable,
        "gzip_compress_to_base64_string": "the bytes may differ for long texts; the text that comes back does not.",
        "zlib_compress_to_base64_string": "the bytes may differ for long texts; the text that comes back does not.",
        "parse_user_agent": "knows common browsers, tools, systems and devices; rare ones are `Other`.",
        "estimate_data_size": "estimates the size in Tocsin's store.",
        "datetime_diff": "weeks are whole numbers of type long; Kusto gives them as real.",
        "cluster": here, "database": here, "workspace": here, "external_table": here, "materialized_view": here,
        "rand": "repeats itself in one run of a query only.",
    ]
}
