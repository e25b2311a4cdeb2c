internal import Foundation
internal import Testing
internal import WebGate

struct CredentialSchemeTests {
    @Test(arguments: [
        ("Bearer abc", CredentialScheme.bearer, "abc"), ("bearer  abc ", .bearer, "abc"),
        ("Splunk abc", .splunk, "abc"),
        ("Basic bmFtZTphYmM=", .basic, "abc"), ("Basic bmFtZTphOmI=", .basic, "a:b"),
        ("ApiKey aWQ6YWJj", .apiKey, "abc"), ("ApiKey abc", .apiKey, "abc"),
    ])
    func `a program's token is read from every scheme`(header: String, scheme: CredentialScheme, token: String) {
        let read = CredentialScheme.read(header)
        #expect(read?.scheme == scheme)
        #expect(read?.token == token)
    }

    @Test(arguments: ["", "Bearer", "Digest abc", "Basic abc", "Basic bm9jb2xvbg=="])
    func `what is of no known form is no token`(header: String) {
        #expect(CredentialScheme.read(header) == nil)
    }

    @Test func `a token that happens to be Base64 of bytes with a colon is taken as it stands`() {
        let token = Data([0xFF, 0x9A, UInt8(ascii: ":"), 0x41, 0x42, 0xC3]).base64EncodedString()
        #expect(CredentialScheme.read("ApiKey \(token)")?.token == token)
    }
}
