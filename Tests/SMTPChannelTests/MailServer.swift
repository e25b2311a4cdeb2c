import Foundation

/// A real mail server for tests: Python's aiosmtpd, with STARTTLS or TLS and AUTH, on a free port.
final class MailServer {
    enum Mode: String {
        case plain, starttls, tls
    }

    /// What the server took, as it came over the wire.
    struct Mail: Decodable {
        let sender: String
        let recipients: [String]
        let content: String
        let mechanism: String?
        let isEncrypted: Bool
    }

    static let isAvailable: Bool = {
        let check = Process()
        check.executableURL = URL(filePath: "/usr/bin/python3")
        check.arguments = ["-c", "import aiosmtpd"]
        check.standardError = FileHandle.nullDevice
        guard (try? check.run()) != nil else { return false }
        check.waitUntilExit()
        return check.terminationStatus == 0
    }()

    static let absence = "python3-aiosmtpd is not installed (scripts/bootstrap --tests)"

    private let process = Process()
    private let output = Pipe()
    private var buffer = Data()
    private let folder: URL
    let port: Int
    /// The server's own certificate, to be trusted as an authority.
    var caFile: String { folder.appending(path: "cert.pem").path }

    init(_ mode: Mode) throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "tocsin-smtp-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let script = folder.appending(path: "server.py")
        try Data(MailServer.script.utf8).write(to: script)
        process.executableURL = URL(filePath: "/usr/bin/python3")
        process.arguments = [script.path, mode.rawValue, folder.path]
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        var buffer = Data()
        port = Int(MailServer.line(of: output.fileHandleForReading, &buffer)) ?? 0
        self.buffer = buffer
    }

    deinit {
        // A test process may have SIGTERM blocked, which the server inherits.
        kill(process.processIdentifier, SIGKILL)
        // The folder lies among temporary files; whether it can be removed makes no difference.
        try? FileManager.default.removeItem(at: folder)
    }

    /// Blocks until the next mail has come.
    func next() throws -> Mail {
        let line = MailServer.line(of: output.fileHandleForReading, &buffer)
        return try JSONDecoder().decode(Mail.self, from: Data(line.utf8))
    }

    private static func line(of handle: FileHandle, _ buffer: inout Data) -> String {
        while true {
            if let end = buffer.firstIndex(of: 0x0A) {
                let line = String(decoding: buffer[..<end], as: UTF8.self)
                buffer = Data(buffer[buffer.index(after: end)...])
                return line
            }
            let more = handle.availableData
            if more.isEmpty { return String(decoding: buffer, as: UTF8.self) }
            buffer += more
        }
    }

    private static let script = #"""
        import asyncio, json, ssl, subprocess, sys
        from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword

        mode, folder = sys.argv[1], sys.argv[2]
        cert, key = folder + "/cert.pem", folder + "/key.pem"
        subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-keyout", key, "-out", cert,
             "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"],
            check=True, stderr=subprocess.DEVNULL)
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(cert, key)
        tries = {"mechanism": None}

        class Handler:
            async def handle_RCPT(self, server, session, envelope, address, options):
                if address.startswith("nobody@"):
                    return "550 no such user here"
                if address.startswith("busy@"):
                    return "451 try again later"
                envelope.rcpt_tos.append(address)
                return "250 OK"

            async def handle_DATA(self, server, session, envelope):
                print(json.dumps({
                    "sender": envelope.mail_from, "recipients": envelope.rcpt_tos,
                    "content": envelope.content.decode("utf-8", "replace"), "mechanism": tries["mechanism"],
                    "isEncrypted": mode == "tls" or session.ssl is not None}), flush=True)
                return "250 taken"

        def authenticate(server, session, envelope, mechanism, data):
            tries["mechanism"] = mechanism
            good = isinstance(data, LoginPassword) and data.login == b"tocsin" and data.password == b"s3cret \xc3\xbc"
            return AuthResult(success=good, handled=False)

        def make():
            if mode == "plain":
                return SMTP(Handler())
            return SMTP(Handler(), tls_context=context if mode == "starttls" else None,
                        require_starttls=mode == "starttls", auth_required=True, authenticator=authenticate,
                        auth_require_tls=mode == "starttls")

        async def main():
            loop = asyncio.get_running_loop()
            server = await loop.create_server(make, "127.0.0.1", 0, ssl=context if mode == "tls" else None)
            print(server.sockets[0].getsockname()[1], flush=True)
            await server.serve_forever()

        asyncio.run(main())
        """#
}
