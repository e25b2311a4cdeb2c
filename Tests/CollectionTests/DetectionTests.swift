import Collection
import Foundation
import TestSupport
import Testing

/// What the recognition of files must reach on real logs, whose folders tell what they are.
@Suite(.enabled(if: SharedFolder.isPresent, Comment(rawValue: SharedFolder.absence)))
struct DetectionTests {
    /// A part of a path, and the start of the name that a file under it must get.
    private static let meanings = [
        "/auditd": "linux-auditd", "zeek": "zeek", "/sshd-": "linux-sshd", "/ssh-bf": "linux-sshd",
        "/suricata": "suricata",
        "/nginx": "web-access", "/apache2": "web-access", "/fortinet": "fortinet", "/palo-alto": "paloalto",
        "/iptables": "iptables", "/postfix": "postfix", "/dovecot": "dovecot", "/haproxy": "haproxy",
        "/openvpn": "openvpn",
        "/bind9": "bind", "/cef-logs": "cef", "/pf-logs": "pfsense", "/windows-bf": "windows", "/iis-xml": "windows",
    ]

    @Test func `files of known kinds are recognised by their content alone`() throws {
        var seen = 0
        var wrong: [String] = []
        for capture in try CaptureTests.captures() {
            let path = "/" + capture.path
            let isLog = [".log", ".log.gz", ".json", ".json.gz"].contains { path.hasSuffix($0) }
            guard isLog, !path.contains("golden"), !path.contains("x509"), !path.contains("sigma_regression"),
                let meaning = DetectionTests.meanings.first(where: { path.contains($0.key) })
            else { continue }
            // Plain files are cut after a whole line, as only their start is needed.
            var bytes = try CaptureTests.bytes(capture.path)
            guard bytes.count < 200_000 else { continue }
            if !path.hasSuffix(".gz"), bytes.count > 40_000, let end = bytes[..<40_000].lastIndex(of: 0x0A) {
                bytes.removeSubrange(end...)
            }
            seen += 1
            let best = Shipped.collector.detect(bytes, now: Shipped.now).candidates.first
            if best?.name.hasPrefix(meaning.value) != true { wrong.append("\(path): \(best?.name ?? "nothing")") }
        }
        #expect(seen >= 40)
        #expect(wrong.count * 20 <= seen, "\(wrong)")
    }
}
