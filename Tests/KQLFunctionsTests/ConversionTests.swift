import Chronology
import Foundation
import JSON
import KQLFunctions
import KQLValues
import Testing

struct ConversionTests {
    @Test(arguments: [
        ("5.7", Value.null(.long), Value.null(.int), Value.real(5.7)), ("1e3", .null(.long), .null(.int), .real(1000)),
        (" 7 ", .long(7), .int(7), .real(7)), ("-3", .long(-3), .int(-3), .real(-3)),
        ("0x10", .long(16), .int(16), .null(.real)), ("1,000", .null(.long), .null(.int), .null(.real)),
        ("+4", .long(4), .int(4), .real(4)), ("", .null(.long), .null(.int), .null(.real)),
        ("9999999999", .long(9_999_999_999), .null(.int), .real(9_999_999_999)),
        ("5.", .null(.long), .null(.int), .real(5)),
        ("nan", .null(.long), .null(.int), .real(.infinity)),
    ])
    func `texts become numbers`(_ text: String, _ long: Value, _ int: Value, _ real: Value) throws {
        #expect(try call("tolong", .string(text)) == long)
        #expect(try call("toint", .string(text)) == int)
        let converted = try call("todouble", .string(text))
        if case .real(let number) = converted, number.isNaN {
            #expect(text == "nan")
        } else {
            #expect(converted == real)
        }
    }

    @Test func `numbers and times become numbers`() throws {
        #expect(try call("toint", 9_999_999_999) == .int(1_410_065_407))
        #expect(try call("tolong", .span("1d")) == 864_000_000_000)
        #expect(try call("toint", 2.9) == .int(2))
        #expect(try call("tobool", "2") == true)
        #expect(try call("tobool", "yes") == .null(.bool))
    }

    @Test(arguments: [
        (Value.bool(true), "True"), (.long(-5), "-5"), (.real(1), "1.0"), (.real(1.5), "1.5"), (.real(1e20), "1E+20"),
        (.null(.long), ""), (.dynamic(.string("x")), "x"), (.dynamic(.bool(true)), "true"), (.null(.dynamic), ""),
        (.dynamic([1, 2]), "[1,2]"), (.timespan(TimeSpan(ticks: 864_000_000_000)), "1.00:00:00"),
        (.datetime(.unixEpoch), "1970-01-01T00:00:00.0000000Z"), (.string("\"q\""), "\"q\""),
    ])
    func `values become text`(_ value: Value, _ expected: String) throws {
        #expect(try call("tostring", value) == .string(expected))
    }

    @Test(arguments: [
        ("2022-12-02", "2022-12-02T00:00:00Z"), ("2022-12-02 13:45:56", "2022-12-02T13:45:56Z"),
        ("2022/12/02", "2022-12-02T00:00:00Z"), ("12-02-2022", "2022-12-02T00:00:00Z"),
        ("12.02.2022", "2022-12-02T00:00:00Z"), ("2 Dec 2022", "2022-12-02T00:00:00Z"),
        ("Dec 2, 2022", "2022-12-02T00:00:00Z"), ("Fri, 02 Dec 2022 13:45:56 GMT", "2022-12-02T13:45:56Z"),
        ("20221202", "2022-12-02T00:00:00Z"), ("2/3/2022", "2022-02-03T00:00:00Z"),
        ("15/01/2024 12:35:35", "2024-01-15T12:35:35Z"),
        ("2022-12-02T13:45:56+02:00", "2022-12-02T11:45:56Z"), ("Dec 2, 2022 1:45 PM", "2022-12-02T13:45:00Z"),
        ("10:00 14 jun 2025", "2025-06-14T10:00:00Z"), ("1/2/2022 3:04:05.678 am", "2022-01-02T03:04:05.678Z"),
    ])
    func `texts become datetimes`(_ text: String, _ expected: String) throws {
        #expect(try call("todatetime", .string(text)) == .datetime(#require(Instant(iso8601: expected))))
    }

    @Test(arguments: ["", "garbage", "2022-13-02", "10", "12:00", "2022-12-02 25:00", "1 2 3 4 5"])
    func `other texts become no datetime`(_ text: String) throws {
        #expect(try call("todatetime", .string(text)) == .null(.datetime))
    }

    @Test(arguments: [
        ("1d", 864_000_000_000), ("01:30:00", 54_000_000_000), ("1.02:03:04.5", 937_845_000_000),
        ("2", 1_728_000_000_000),
        ("1.5h", 54_000_000_000), ("-2h", -72_000_000_000), ("100 ms", 1_000_000), ("00:00:00.00000009", 0),
    ])
    func `texts become timespans`(_ text: String, _ ticks: Int64) throws {
        #expect(try call("totimespan", .string(text)) == .timespan(TimeSpan(ticks: ticks)))
    }

    @Test func `texts become JSON, or stay text`() throws {
        #expect(try call("parse_json", #"{"a":1}"#) == .json(#"{"a":1}"#))
        #expect(try call("parse_json", "invalid") == .dynamic(.string("invalid")))
        #expect(try call("parse_json", "") == .null(.dynamic))
        #expect(try call("parse_json", "null") == .null(.dynamic))
    }

    @Test func `guids are read with and without hyphens`() throws {
        let guid = try #require(UUID(uuidString: "01234567-89ab-cdef-0123-456789abcdef"))
        #expect(try call("toguid", "0123456789abcdef0123456789abcdef") == .guid(guid))
        #expect(try call("toguid", "no guid") == .null(.guid))
    }

    @Test func `types have names`() throws {
        #expect(try call("gettype", 1.5) == "real")
        #expect(try call("gettype", .json("[1]")) == "array")
        #expect(try call("gettype", .json("1.5")) == "double")
        #expect(try call("gettype", .null(.dynamic)) == "null")
    }
}
