import Foundation
import TestSupport
import Testing
import Unpacking

/// Files packed by the tools that people use.
private enum Packed {
    static let text = (0..<20_000).map { #"{"n":\#($0),"text":"zażółć"}"# + "\n" }.joined()

    static func make(_ script: String) async throws -> [UInt8] {
        let folder = FileManager.default.temporaryDirectory.appending(path: "unpacking-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { do { try FileManager.default.removeItem(at: folder) } catch { Issue.record(error) } }
        try Data(text.utf8).write(to: folder.appending(path: "a.log"))
        try Data("second\n".utf8).write(to: folder.appending(path: "b.log"))
        let packer = try await Command.shell(script, in: folder)
        #expect(packer.status == 0, "\(packer.errors)")
        return Array(try Data(contentsOf: folder.appending(path: "out")))
    }

    static let gzip = "gzip -c a.log > out"
    static let zstd = "zstd -q -c a.log > out"
    static let members = "gzip -c a.log > out; gzip -c b.log >> out; printf '\\0\\0' >> out"
    static let zip = """
        python3 -c "import zipfile
        z = zipfile.ZipFile('out', 'w', zipfile.ZIP_DEFLATED)
        z.write('a.log'); z.write('b.log', compress_type=zipfile.ZIP_STORED); z.close()"
        """
    static let streamedZip = """
        python3 -c "import zipfile, sys
        z = zipfile.ZipFile(sys.stdout.buffer, 'w', zipfile.ZIP_DEFLATED)
        z.write('a.log'); z.write('b.log'); z.close()" | cat > out
        """
}

/// Everything that comes out of a stream fed in pieces of `size`, and the fault it ended with.
private func unpack(_ bytes: [UInt8], size: Int) -> (text: String, members: [String], fault: UnpackingFault?) {
    var unpacker = Unpacker()
    var output: [UInt8] = []
    var members: [String] = []
    func drain() throws(UnpackingFault) {
        while let piece = try unpacker.next() {
            switch piece {
            case .bytes(let bytes): output += bytes
            case .member(let name): members.append(name)
            }
        }
    }
    do {
        var rest = bytes[...]
        while !rest.isEmpty {
            unpacker.feed(rest.prefix(size))
            rest = rest.dropFirst(size)
            try drain()
        }
        unpacker.finish()
        try drain()
    } catch {
        return (String(decoding: output, as: UTF8.self), members, error)
    }
    return (String(decoding: output, as: UTF8.self), members, nil)
}

struct UnpackerTests {
    @Test(arguments: [Packed.gzip, Packed.zstd, "cp a.log out"])
    func `a stream comes out whole, however it is cut`(script: String) async throws {
        let packed = try await Packed.make(script)
        for size in [1, 7, 4096, packed.count] where size > 1 || packed.count < 200_000 {
            let found = unpack(packed, size: size)
            #expect(found.text == Packed.text)
            #expect(found.fault == nil)
        }
    }

    @Test func `members of a gzip file follow each other`() async throws {
        let members = try await Packed.make(Packed.members)
        #expect(unpack(members, size: 1000).text == Packed.text + "second\n")
    }

    @Test(arguments: [Packed.zip, Packed.streamedZip])
    func `the members of a zip come with their names`(script: String) async throws {
        let packed = try await Packed.make(script)
        for size in [13, 100_000] {
            let found = unpack(packed, size: size)
            #expect(found.members == ["a.log", "b.log"])
            #expect(found.text == Packed.text + "second\n")
            #expect(found.fault == nil)
        }
    }

    @Test func `what a cut or damaged stream held before is given out`() async throws {
        let packed = try await Packed.make(Packed.gzip)
        let cut = unpack(Array(packed.prefix(packed.count / 2)), size: 512)
        #expect(cut.fault == .endsTooEarly(.gzip))
        #expect(cut.text.utf8.count > 1000 && Packed.text.hasPrefix(cut.text))
        var damaged = packed
        for index in (packed.count / 2)..<(packed.count / 2 + 64) { damaged[index] ^= 0xFF }
        let found = unpack(damaged, size: 512)
        #expect(found.fault == .damaged(.gzip))
        #expect(found.text.utf8.count > 1000)
    }

    @Test func `random bytes behind a mark never crash`() {
        var random = SystemRandomNumberGenerator()
        for mark: [UInt8] in [[0x1F, 0x8B, 8], [0x28, 0xB5, 0x2F, 0xFD], [0x50, 0x4B, 0x03, 0x04]] {
            for _ in 0..<300 {
                let bytes = mark + (0..<200).map { _ in UInt8.random(in: 0...255, using: &random) }
                _ = unpack(bytes, size: 17)
            }
        }
    }
}
