import JSON
import Testing

struct JSONTests {
    @Test func `text becomes a value and back in its order`() throws {
        let text = #"{"b":[1,-2.5,true,null,"x\n\u0001é\"\\"],"a":{}}"#
        #expect(try JSON(parsing: text).description == text)
    }

    @Test func `whole numbers beyond 64 bits become doubles`() throws {
        #expect(try JSON(parsing: "18446744073709551615") == .double(Double(UInt64.max)))
        #expect(try JSON(parsing: "9223372036854775807") == .int(.max))
    }

    @Test func `objects are equal whatever the order of their members`() throws {
        let one = try JSON(parsing: #"{"a":1,"b":2.0}"#)
        let other = try JSON(parsing: #"{"b":2,"a":1.0}"#)
        #expect(one == other)
        #expect(one.hashValue == other.hashValue)
        #expect(one != (try JSON(parsing: #"{"a":1}"#)))
    }

    @Test(arguments: ["", "{", "{\"a\":}", "nul", "[1,]", "{} {}"])
    func `what is no JSON is refused with a reason`(text: String) {
        let error = #expect(throws: JSONError.self) { try JSON(parsing: text) }
        #expect(error?.reason.isEmpty == false)
    }

    @Test func `hostile nesting is refused`() {
        let text = String(repeating: "[", count: 100_000)
        #expect(throws: JSONError.self) { try JSON(parsing: text) }
    }

    @Test func `members and elements are reached by key and index`() throws {
        let value = try JSON(parsing: #"{"a":[{"b":"c"}]}"#)
        #expect(value["a"]?[0]?["b"]?.stringValue == "c")
        #expect(value["x"] == nil)
        #expect(value["a"]?[7] == nil)
    }
}
