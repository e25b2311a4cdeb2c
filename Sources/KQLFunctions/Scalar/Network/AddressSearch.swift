import JSON
import KQLValues

/// IPv4 addresses inside texts.
let addressSearchFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "has_ipv4", family: .ip, summary: "Whether a text holds an address, with no digit or dot beside it.",
        signatures: [.takes(.string("text"), .string("ip"), returns: .bool)],
        evaluate: each { (text: String, ip: String) -> Bool? in holdsAddress(text, ip) })
    ScalarFunction(
        "has_any_ipv4", family: .ip, summary: "Whether a text holds one of the addresses.",
        signatures: [.takes(.string("text"), .any("ip", .repeated), returns: .bool)],
        evaluate: inAnyRange { text, ips in ips.contains { holdsAddress(text, $0) } })
    ScalarFunction(
        "has_ipv4_prefix", family: .ip, summary: "Whether a text holds an address that starts with a prefix.",
        signatures: [.takes(.string("text"), .string("prefix"), returns: .bool)],
        evaluate: each { (text: String, prefix: String) -> Bool? in holdsPrefix(text, prefix) })
    ScalarFunction(
        "has_any_ipv4_prefix", family: .ip,
        summary: "Whether a text holds an address that starts with one of the prefixes.",
        signatures: [.takes(.string("text"), .any("prefix", .repeated), returns: .bool)],
        evaluate: inAnyRange { text, prefixes in prefixes.contains { holdsPrefix(text, $0) } })
}

/// The whole addresses in a text: runs of digits and dots that no letter, digit or dot adjoins.
private func addresses(in text: String) -> [Substring] {
    text.split { !($0.isASCII && ($0.isNumber || $0 == "." || $0.isLetter || $0 == "_")) }.compactMap { run in
        let address = run.last == "." ? run.dropLast() : run
        return IPv4Network(address) != nil ? address : nil
    }
}

private func holdsAddress(_ text: String, _ ip: String) -> Bool {
    guard let sought = IPv4Network(ip), sought.prefix == 32 else { return false }
    return addresses(in: text).contains { IPv4Network($0)?.address == sought.address }
}

/// A prefix ends in a dot, or is a whole address.
private func holdsPrefix(_ text: String, _ prefix: String) -> Bool {
    guard prefix.hasSuffix(".") else { return holdsAddress(text, prefix) }
    return addresses(in: text).contains { $0.hasPrefix(prefix) }
}
