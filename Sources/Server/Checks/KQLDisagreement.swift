/// A kind of query whose recorded answer is not what KQL means, with the reason why Tocsin answers otherwise.
struct KQLDisagreement {
    let query: String
    /// What the corpus holds.
    let recorded: String
    /// What Tocsin gives.
    let here: String
    let reason: String

    static let all: [KQLDisagreement] = [
        KQLDisagreement(
            query: "summarize make_set(x)", recorded: "any order", here: "order of first appearance",
            reason: "The order of a set is not defined; the record shows that of another engine's hash table."),
        KQLDisagreement(
            query: "project parse_json('a,b')", recorded: "null", here: "\"a,b\"",
            reason: "A text that is no JSON becomes a dynamic string, as the documentation says."),
        KQLDisagreement(
            query: "print substring(s, long(null))", recorded: "a null string", here: "the empty string",
            reason: "KQL has no null string."),
        KQLDisagreement(
            query: "print asin(0.5)", recorded: "1.2532358975033751", here: "0.5235987755982989",
            reason: "The sine of 0.5236 is 0.5; the documentation shows the result of another call."),
        KQLDisagreement(
            query: "print -1 % 3", recorded: "-1", here: "2",
            reason: "The emulator of the real engine never gives a negative remainder."),
        KQLDisagreement(
            query: "print substring('abc', -1, 20)", recorded: "abc", here: "c",
            reason: "A negative start counts from the end, as the documentation says."),
        KQLDisagreement(
            query: "print url_encode_component('a/b')", recorded: "a%2Fb", here: "a%2fb",
            reason: "Kusto writes hexadecimal digits in lower case."),
        KQLDisagreement(
            query: "print dayofyear(datetime(2015-12-14))", recorded: "int", here: "long",
            reason: "The emulator of the real engine gives long."),
        KQLDisagreement(
            query: "where A has_any('aA', 'b')", recorded: "2 rows", here: "1 row",
            reason: "`has` compares whole terms: `AAA` does not hold the term `aA`."),
        KQLDisagreement(
            query: "print indexof('abcdefg', 'cde', 1, 2)", recorded: "-1", here: "2",
            reason: "The emulator of the real engine gives 2: the length does not cut off a match."),
        KQLDisagreement(
            query: "print tostring(datetime(2023-08-30 23:00))", recorded: "8/30/2023 11:00:00 PM",
            here: "2023-08-30T23:00:00.0000000Z", reason: "Texts of datetimes do not depend on a place."),
        KQLDisagreement(
            query: "print array_iff(dynamic([1, 0]), dynamic(['yes']), dynamic(['no']))", recorded: "[\"yes\",\"no\"]",
            here: "[\"yes\",null]",
            reason: "Where an array is shorter the elements are null, as the documentation says."),
        KQLDisagreement(
            query: "print geo_info_from_ip_address('20.53.203.50')", recorded: "a place", here: "null",
            reason: "Places come from the location database of the installation, of which the corpus has none."),
        KQLDisagreement(
            query: "print tostring(geo_polygon_densify(…))", recorded: "9.999999999999999", here: "9.999999999999998",
            reason: "Both texts stand for the same number; Tocsin writes the one that is nearest to it."),
    ]
}
