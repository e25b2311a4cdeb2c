import KQLFunctions
import KQLValues
import Testing

struct CompressionTests {
    @Test(arguments: ["gzip", "zlib"])
    func `texts come back as they were`(_ format: String) throws {
        for text in ["", "short", String(repeating: "the same again ", count: 500), "ünïcödé ☃"] {
            let packed = try call("\(format)_compress_to_base64_string", .string(text))
            #expect(try call("\(format)_decompress_from_base64_string", packed) == .string(text))
        }
    }

    @Test func `long texts shrink and short ones are stored`() throws {
        guard
            case .string(let packed) = try call(
                "gzip_compress_to_base64_string", .string(String(repeating: "abc", count: 1000)))
        else { return }
        #expect(packed.utf8.count < 100)
        #expect(
            try call("zlib_compress_to_base64_string", .string("1234567890qwertyuiop"))
                == .string("eAEBFADr/zEyMzQ1Njc4OTBxd2VydHl1aW9wOAkGdw=="))
    }

    @Test(arguments: ["", "????", "H4sIAAAAAAAA", "eJwL"])
    func `what is damaged gives the empty string`(_ text: String) throws {
        #expect(try call("gzip_decompress_from_base64_string", .string(text)) == .string(""))
        #expect(try call("zlib_decompress_from_base64_string", .string(text)) == .string(""))
    }
}
