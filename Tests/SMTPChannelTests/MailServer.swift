import Foundation
import TestSupport

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

    static let isAvailable = FileManager.default.fileExists(atPath: "/usr/lib/python3/dist-packages/aiosmtpd")

    static let absence = "python3-aiosmtpd is not installed (scripts/bootstrap --test)"

    private let process: ChildProcess
    private let folder: URL
    let port: Int
    /// The server's own certificate, to be trusted as an authority.
    var caFile: String { folder.appending(path: "cert.pem").path }

    init(_ mode: Mode) async throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "tocsin-smtp-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let script = folder.appending(path: "server.py")
        try Data(MailServer.script.utf8).write(to: script)
        process = try await ChildProcess("/usr/bin/python3", [script.path, mode.rawValue, folder.path])
        port = await process.nextLine().flatMap { Int($0) } ?? 0
    }

    deinit {
        // The folder lies among temporary files; whether it can be removed makes no difference.
        try? FileManager.default.removeItem(at: folder)
    }

    /// The next mail, once it has come.
    func next() async throws -> Mail {
        try JSONDecoder().decode(Mail.self, from: Data((await process.nextLine() ?? "").utf8))
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
