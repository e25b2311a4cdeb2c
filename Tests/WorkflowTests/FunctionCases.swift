import JSON
import Testing

struct FunctionCase: Sendable, CustomTestStringConvertible {
    let expression: String
    let result: JSON

    init(_ expression: String, _ result: JSON) {
        self.expression = expression
        self.result = result
    }

    var testDescription: String { expression }
}

enum FunctionCases {
    static let all: [FunctionCase] = strings + collections + logic + conversions + numbers + dates + rest

    private static let strings: [FunctionCase] = [
        .init("concat('a', 1, true, null)", "a1True"), .init("substring('somevalue-foo', 3, 5)", "evalu"),
        .init("substring('hello', 3)", "lo"), .init("slice('Hello World', 2, 5)", "llo"),
        .init("slice('ABCDE', -2)", "DE"), .init("slice('ABC', 6, 10)", ""),
        .init("replace('the old string', 'old', 'new')", "the new string"),
        .init("split('a;b;c', ';')", ["a", "b", "c"]), .init("split('', ',')", [""]),
        .init("toLower('Hello')", "hello"), .init("TOUPPER('Hello')", "HELLO"), .init("trim('  a b ')", "a b"),
        .init("indexOf('hello world', 'WORLD')", 6), .init("lastIndexOf('ababa', 'ba')", 3),
        .init("nthIndexOf('123456789123465789', '1', 2)", 9), .init("nthIndexOf('123', '5', 1)", -1),
        .init("startsWith('hello world', 'HELLO')", true), .init("endsWith('hello world', 'planet')", false),
        .init("formatNumber(1234567890, '0,0.00', 'en-us')", "1,234,567,890.00"),
        .init("formatNumber(17.35, 'C2')", "$17.35"), .init("formatNumber(0.5, 'P0')", "50 %"),
        .init("isInt('10')", true), .init("isInt('10.5')", false), .init("isFloat('10.5')", true),
        .init("length('hello')", 5), .init("'it''s'", "it's"),
    ]

    private static let collections: [FunctionCase] = [
        .init("chunk(createArray(1,2,3), 2)", [[1, 2], [3]]), .init("chunk('abcde', 2)", ["ab", "cd", "e"]),
        .init("contains('hello world', 'world')", true), .init("contains(createArray('a'), 'b')", false),
        .init("contains(json('{\"a\":1}'), 'a')", true), .init("empty('')", true), .init("empty(null)", true),
        .init("empty(createArray())", true), .init("first('hello')", "h"), .init("first('')", ""),
        .init("last(createArray(0,1,2))", 2), .init("first(createArray())", nil),
        .init("intersection(createArray(1,2,3), createArray(101,2,1,10))", [1, 2]),
        .init("union(createArray(1,2,3), createArray(1,2,10))", [1, 2, 3, 10]),
        .init("union(json('{\"a\":1}'), json('{\"a\":2}'))", ["a": 2]),
        .init("join(createArray('a','b'), '.')", "a.b"), .init("length(createArray(0,1))", 2),
        .init("reverse(range(0,3))", [2, 1, 0]), .init("skip(createArray(0,1,2,3), 1)", [1, 2, 3]),
        .init("take(range(0,5), 3)", [0, 1, 2]), .init("take('hello', 2)", "he"),
        .init("sort(createArray(2,1,3))", [1, 2, 3]),
        .init("sort(json('[{\"a\":2},{\"a\":1}]'), 'a')", [["a": 1], ["a": 2]]),
        .init("item()['name']", "innermost"), .init("items('Loop')?['name']", "Loop"),
    ]

    private static let logic: [FunctionCase] = [
        .init("and(true, equals(1,1))", true), .init("or(false, false)", false), .init("equals(true, 1)", true),
        .init("equals('abc', 'ABC')", false), .init("equals(null, '')", true), .init("greater(10, 5.5)", true),
        .init("greater('apple', 'banana')", false), .init("greaterOrEquals(5, 5)", true), .init("less(5, 10)", true),
        .init("lessOrEquals('apply','apple')", false), .init("not(false)", true),
        .init("if(true, 'yes', int('no'))", "yes"), .init("coalesce(null, true, false)", true),
    ]

    private static let conversions: [FunctionCase] = [
        .init("array('hello')", ["hello"]), .init("createArray('a', 1)", ["a", 1]),
        .init("base64('hello')", "aGVsbG8="),
        .init("base64ToString('aGVsbG8=')", "hello"), .init("decodeBase64('aGVsbG8=')", "hello"),
        .init("base64ToBinary('aGVsbG8=')?['$content']", "aGVsbG8="), .init("string(binary('hi'))", "hi"),
        .init("bool(1)", true), .init("bool('false')", false),
        .init("dataUri('hello')", "data:text/plain;charset=utf-8;base64,aGVsbG8="),
        .init("dataUriToString('data:text/plain;charset=utf-8;base64,aGVsbG8=')", "hello"),
        .init("string(decodeDataUri('data:text/plain;base64,aGVsbG8='))", "hello"),
        .init("encodeUriComponent('https://contoso.com/a b')", "https%3A%2F%2Fcontoso.com%2Fa%20b"),
        .init("encodeURIComponent('ü')", "%C3%BC"), .init("uriComponentToString('a%20b')", "a b"),
        .init("decodeUriComponent('%C3%BC')", "ü"), .init("float('10.333')", 10.333), .init("int('10')", 10),
        .init("json('[1,2,3]')", [1, 2, 3]), .init("json('{\"a\":1}').a", 1), .init("string(10)", "10"),
        .init("string(json('{\"a\":[1]}'))", "{\"a\":[1]}"),
        .init("json(xml('<r a=\"1\"><b>x</b><b>y</b></r>'))", ["r": ["@a": "1", "b": ["x", "y"]]]),
        .init("xpath(xml('<p><n>1</n><n>2</n></p>'), 'sum(/p/n)')", 3.0),
        .init("xpath(xml('<p><n>1</n></p>'), 'string(//n)')", "1"),
        .init("xpath(xml('<p><n k=\"v\">1</n></p>'), '/p/n/text()')", ["1"]),
        .init("string(xml(json('{\"a\":{\"b\":\"c\"}}')))", "<a><b>c</b></a>"),
    ]

    private static let numbers: [FunctionCase] = [
        .init("add(1, 1.5)", 2.5), .init("add(1, 1)", 2), .init("div(11, 5)", 2), .init("div(11, 5.0)", 2.2),
        .init("max(createArray(1,2,3))", 3), .init("min(1,2,3)", 1), .init("mod(3, 2)", 1), .init("mul(1, 2)", 2),
        .init("range(1, 4)", [1, 2, 3, 4]), .init("sub(-1, 2)", -3),
    ]

    private static let dates: [FunctionCase] = [
        .init("utcNow()", "2026-11-21T10:20:30.1234567Z"), .init("utcNow('D')", "Saturday, 21 November 2026"),
        .init("addDays('2018-03-15T00:00:00Z', 10)", "2018-03-25T00:00:00.0000000Z"),
        .init("addDays('2018-03-15T00:00:00Z', -5, 'yyyy-MM-dd')", "2018-03-10"),
        .init("addHours('2018-03-15T15:00:00Z', -5)", "2018-03-15T10:00:00.0000000Z"),
        .init("addMinutes('2018-03-15T00:15:00Z', 5)", "2018-03-15T00:20:00.0000000Z"),
        .init("addSeconds('2018-03-15T00:00:30Z', -5)", "2018-03-15T00:00:25.0000000Z"),
        .init("addToTime('2018-01-31T00:00:00Z', 1, 'Month')", "2018-02-28T00:00:00.0000000Z"),
        .init("subtractFromTime('2018-01-02T00:00:00Z', 1, 'Day', 'D')", "Monday, 01 January 2018"),
        .init("convertFromUtc('2018-01-01T08:00:00.0000000Z', 'Pacific Standard Time')", "2018-01-01T00:00:00.0000000"),
        .init(
            "convertFromUtc('2018-01-01T08:00:00Z', 'Pacific Standard Time', 'D')", "Monday, 01 January 2018"),
        .init(
            "convertTimeZone('2018-01-01T08:00:00.0000000Z', 'UTC', 'W. Europe Standard Time')",
            "2018-01-01T09:00:00.0000000"),
        .init("convertToUtc('01/01/2018 00:00:00', 'Pacific Standard Time')", "2018-01-01T08:00:00.0000000Z"),
        .init("dayOfMonth('2018-03-15T13:27:36Z')", 15), .init("dayOfWeek('2018-03-15T13:27:36Z')", 4),
        .init("dayOfYear('2018-03-15T13:27:36Z')", 74),
        .init("formatDateTime('03/15/2018')", "2018-03-15T00:00:00.0000000"),
        .init("formatDateTime('2018-03-15T13:05:09Z', 'ddd d MMM yy h:mm:ss tt')", "Thu 15 Mar 18 1:05:09 PM"),
        .init("formatDateTime('2018-03-15T13:05:09Z', 'yyyy-MM-ddTHH:mm:ss.fffZ')", "2018-03-15T13:05:09.000Z"),
        .init("getFutureTime(5, 'Day', 'yyyy-MM-dd')", "2026-11-26"),
        .init("getPastTime(1, 'Week', 'yyyy-MM-dd')", "2026-11-14"),
        .init("startOfDay('2018-03-15T13:30:30Z')", "2018-03-15T00:00:00.0000000Z"),
        .init("startOfHour('2018-03-15T13:30:30Z')", "2018-03-15T13:00:00.0000000Z"),
        .init("startOfMonth('2018-03-15T13:30:30Z')", "2018-03-01T00:00:00.0000000Z"),
        .init("ticks('2018-01-01T00:00:00Z')", 636_503_616_000_000_000),
        .init("dateDifference('2015-02-08', '2018-07-30')", "1268.00:00:00"),
        .init("parseDateTime('2014-10-20')", "2014-10-20T00:00:00.0000000Z"),
    ]

    private static let rest: [FunctionCase] = [
        .init("addProperty(json('{\"a\":1}'), 'b', 2)", ["a": 1, "b": 2]),
        .init("setProperty(json('{\"a\":1}'), 'a', 2)", ["a": 2]),
        .init("removeProperty(json('{\"a\":1}'), 'a')", [:]),
        .init("uriHost('https://www.localhost.com:8080')", "www.localhost.com"),
        .init("uriPath('https://contoso.com/catalog/shownew.htm?date=today')", "/catalog/shownew.htm"),
        .init("uriPathAndQuery('https://contoso.com/c?d=1')", "/c?d=1"),
        .init("uriPort('https://www.localhost:8080')", 8080), .init("uriQuery('https://contoso.com/c?d=1')", "?d=1"),
        .init("uriScheme('https://contoso.com')", "https"), .init("parameters('x').p", "x"),
        .init("variables('v')", "value of v"), .init("outputs('Get').statusCode", 200),
        .init("body('Get')?['value']", ["a", "b"]), .init("actions('Get').status", "Failed"),
        .init("result('Scope')[0].name", "inner"), .init("triggerOutputs().body.list[2]", 3),
        .init("trigger().name", "manual"), .init("workflow().run.name", "r1"), .init("iterationIndexes('Loop')", 2),
        .init("listCallbackUrl()", "https://tocsin/callback"), .init("action().name", "self"),
    ]

    static let failing = [
        "length(null)", "json('')", "int('1.5')", "substring('abc', 2, 5)", "div(1, 0)", "add('1', 2)", "nothing(1)",
        "concat()", "first(5)", "addDays('never', 1)", "add(9223372036854775807, 1)", "bool('maybe')",
        "toLower(null)", "greater(1, 'a')", "xpath(xml('<a/>'), 'ancestor::b')",
        "addProperty(json('{\"a\":1}'), 'a', 2)",
        "range(0, 10000000)", "convertFromUtc('2018-01-01', 'Nowhere Standard Time')", "triggerBody()['list']['x']",
    ]

    static let documented = [
        "chunk", "concat", "endsWith", "formatNumber", "guid", "indexOf", "isFloat", "isInt", "lastIndexOf", "length",
        "nthIndexOf", "replace", "slice", "split", "startsWith", "substring", "toLower", "toUpper", "trim", "contains",
        "empty", "first", "intersection", "item", "join", "last", "reverse", "skip", "sort", "take", "union", "and",
        "equals", "greater", "greaterOrEquals", "if", "less", "lessOrEquals", "not", "or", "array", "base64",
        "base64ToBinary", "base64ToString", "binary", "bool", "createArray", "dataUri", "dataUriToBinary",
        "dataUriToString", "decodeBase64", "decodeDataUri", "decodeUriComponent", "encodeUriComponent", "float", "int",
        "json", "string", "uriComponent", "uriComponentToBinary", "uriComponentToString", "xml", "decimal", "add",
        "div",
        "max", "min", "mod", "mul", "rand", "range", "sub", "addDays", "addHours", "addMinutes", "addSeconds",
        "addToTime", "convertFromUtc", "convertTimeZone", "convertToUtc", "dayOfMonth", "dayOfWeek", "dayOfYear",
        "formatDateTime", "getFutureTime", "getPastTime", "startOfDay", "startOfHour", "startOfMonth",
        "subtractFromTime", "ticks", "utcNow", "dateDifference", "parseDateTime", "action", "actionBody",
        "actionOutputs", "actions", "body", "formDataMultiValues", "formDataValue", "items", "iterationIndexes",
        "listCallbackUrl", "multipartBody", "outputs", "parameters", "result", "trigger", "triggerBody",
        "triggerFormDataValue", "triggerFormDataMultiValues", "triggerMultipartBody", "triggerOutputs", "variables",
        "workflow", "uriHost", "uriPath", "uriPathAndQuery", "uriPort", "uriQuery", "uriScheme", "addProperty",
        "coalesce", "removeProperty", "setProperty", "xpath",
    ]
}
