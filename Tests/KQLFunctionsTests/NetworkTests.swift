import JSON
import KQLFunctions
import KQLValues
import Testing

struct NetworkTests {
    @Test(arguments: [
        ("10.1.2.3", true), ("192.168.1.1/24", true), ("172.31.0.1", true), ("172.32.0.1", false), ("127.0.0.1", false),
    ])
    func `private addresses are those of RFC 1918`(_ ip: String, _ isPrivate: Bool) throws {
        #expect(try call("ipv4_is_private", .string(ip)) == .bool(isPrivate))
    }

    @Test(arguments: ["", "1.2.3", "1.2.3.4.5", "256.1.1.1", "a.b.c.d", "1.2.3.4/33", "1..2.3", " 1.2.3.4"])
    func `texts that are no address give null`(_ ip: String) throws {
        #expect(try call("parse_ipv4", .string(ip)) == .null(.long))
    }

    @Test func `IPv4 networks are compared by their prefixes`() throws {
        #expect(try call("parse_ipv4", "255.255.255.255/31") == 4_294_967_294)
        #expect(try call("ipv4_compare", "192.168.1.1/24", "192.168.1.255") == 0)
        #expect(try call("ipv4_is_match", "192.168.1.1", "192.168.1.0", 31) == true)
        #expect(try call("ipv4_is_in_range", "10.1.2.3", "10.0.0.0/8") == true)
        #expect(try call("ipv4_is_in_any_range", "10.1.2.3", "192.168.0.0/16", "10.0.0.0/8") == true)
        #expect(try call("ipv4_is_in_any_range", "1.1.1.1", .json(#"["192.168.0.0/16"]"#)) == false)
        #expect(try call("format_ipv4_mask", "192.168.1.1", 24) == "192.168.1.0/24")
        #expect(try call("format_ipv4", 3_232_235_777) == "192.168.1.1")
        #expect(
            try call("ipv4_range_to_cidr_list", "1.1.128.0", "1.1.140.255")
                == .json(#"["1.1.128.0/21","1.1.136.0/22","1.1.140.0/24"]"#))
    }

    @Test func `IPv6 takes IPv4 for mapped addresses`() throws {
        #expect(try call("parse_ipv6", "192.168.255.255/24") == "0000:0000:0000:0000:0000:ffff:c0a8:ff00")
        #expect(try call("parse_ipv6", "::1") == "0000:0000:0000:0000:0000:0000:0000:0001")
        #expect(try call("parse_ipv6", "1::2::3") == "")
        #expect(try call("ipv6_is_in_range", "a5e:f127::1", "a5e:f127::/32") == true)
        #expect(try call("ipv6_compare", "::ffff:7f00:1", "127.0.0.1") == 0)
    }

    @Test func `addresses are found in texts`() throws {
        #expect(try call("has_ipv4", "05:04:54 127.0.0.1 GET", "127.0.0.1") == true)
        #expect(try call("has_ipv4", "05:04:54127.0.0.1 GET", "127.0.0.1") == false)
        #expect(try call("has_ipv4_prefix", "a 127.0.0.1,b", "127.0.") == true)
        #expect(try call("has_ipv4_prefix", "a 127.0.0.1 b", "127.0") == false)
        #expect(try call("has_any_ipv4", "x 10.0.0.1", .json(#"["1.1.1.1","10.0.0.1"]"#)) == true)
    }

    @Test func `hashes are those of the standards`() throws {
        #expect(try call("hash_md5", "abc") == "900150983cd24fb0d6963f7d28e17f72")
        #expect(try call("hash_sha1", "World") == "70c07ec18ef89c5309bbb0937f3a6342411e1fdd")
        #expect(try call("hash_sha256", "World") == "78ae647dc5544d227130a0682a51e30bc7777fbb6d8a8f17007463a3ecd1d524")
        #expect(
            try call("hash_sha256", .string(String(repeating: "a", count: 200)))
                == "c2a908d98f5df987ade41b5fce213067efbcc21ef2240212a41e54b5e7c28ae5")
        #expect(try call("hash_md5", "") == "")
        #expect(try call("hash", "World", 100, returns: .long) == 51)
    }

    @Test func `encodings go both ways`() throws {
        #expect(try call("base64_encode_tostring", "Kusto") == "S3VzdG8=")
        #expect(try call("base64_decode_tostring", "S3VzdG8=") == "Kusto")
        #expect(try call("base64_decode_tostring", "!!") == "")
        #expect(try call("base64_decode_toarray", "S3Vz") == .json("[75,117,115]"))
        #expect(try call("url_encode", "a b/c") == "a+b%2fc")
        #expect(try call("url_encode_component", "a b/c") == "a%20b%2fc")
        #expect(try call("url_decode", "a%20b%2Fc+%zz") == "a b/c %zz")
        #expect(try call("unicode_codepoints_to_string", .json("[75,117]"), 115) == "Kus")
        #expect(try call("punycode_from_string", "académie-française") == "acadmie-franaise-npb1a")
        #expect(try call("punycode_to_string", "acadmie-franaise-npb1a") == "académie-française")
    }

    @Test func `URLs, paths and records are taken apart`() throws {
        let url = try call("parse_url", "scheme://user:pw@host:1234/a/b?k=v&w#f")
        #expect(
            url
                == (try .json(
                    #"{"Scheme":"scheme","Host":"host","Port":"1234","Path":"/a/b","Username":"user","Password":"pw","Query Parameters":{"k":"v","w":""},"Fragment":"f"}"#
                )))
        #expect(try call("parse_csv", "a,\"b,\"\"c\"\"\",\nx") == .json(#"["a","b,\"c\"",""]"#))
        #expect(
            try call("parse_command_line", #"echo "hello world!" a\"b"#, "windows")
                == .json(#"["echo","hello world!","a\"b"]"#))
        #expect(try call("parse_version", "1.2.3") == call("parse_version", "1.2.3.0"))
        let xml = try call("parse_xml", #"<?xml version="1.0"?><a x="1"><b>t&amp;u</b><b/><c y='2'>z</c></a>"#)
        #expect(
            xml
                == (try .json(
                    ##"{"?xml":{"@version":"1.0"},"a":{"@x":"1","b":["t&u",null],"c":{"@y":"2","#text":"z"}}}"##)))
        #expect(try call("parse_xml", "<a><b></a>") == .null(.dynamic))
        #expect(try call("parse_xml", .string(String(repeating: "<a>", count: 5000))) == .null(.dynamic))
    }
}
