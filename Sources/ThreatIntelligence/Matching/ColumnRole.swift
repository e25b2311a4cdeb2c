/// What a column of a table holds, as far as indicators are concerned.
public enum ColumnRole: Sendable, Hashable, CaseIterable {
    case address, domain, url, hash, email, account
    /// Free text or JSON, in which any observable may occur.
    case text

    /// Tells the role of a column from its name; nil when nothing in it can be an observable.
    ///
    /// Names are cut into words at capitals, underscores and dots, so that `SrcIpAddr`, `CallerIPAddress`,
    /// `src_ip_s` and `id.orig_h` are understood alike.
    ///
    /// - Parameter isDynamic: The column holds JSON.
    public init?(column name: String, isDynamic: Bool) {
        let words = ColumnWords.split(name)
        guard let role = Self.role(words, Set(words)) else {
            if isDynamic && !name.hasPrefix("_Is") { self = .text } else { return nil }
            return
        }
        // JSON may hold more than its name says, such as an address within an object.
        self = isDynamic ? .text : role
    }

    private static func role(_ words: [String], _ set: Set<String>) -> ColumnRole? {
        func has(_ wanted: String...) -> Bool { !set.isDisjoint(with: wanted) }
        let last = words.last ?? ""
        guard !notObservable(words, set) else { return nil }
        if has("md5", "sha1", "sha256", "hashes") || last == "hash" || words.suffix(2) == ["hash", "value"] {
            return .hash
        }
        if has("mac", "street", "billing") { return nil }
        if has("url", "uri", "urls", "uris", "referer", "referrer") && !has("query", "stem") { return .url }
        if has("email", "mail", "upn") && !has("message", "box", "cluster")
            || addressed(words, by: ["sender", "recipient"])
        {
            if has("domain") { return .domain }
            return has("ip", "ipv4", "ipv6") ? .address : .email
        }
        if has("ip", "ips", "ipv4", "ipv6", "ipaddr", "ipaddress") || has("addr", "address", "addresses")
            || words.contains("orig") && last == "h" || words.contains("resp") && last == "h"
        {
            return .address
        }
        if has("domain", "domains", "fqdn", "hostname", "host", "query", "sni", "dns", "cname", "answers", "answer")
            && !has("nt", "account", "user", "subject", "target", "text")
        {
            return .domain
        }
        if has("command", "message", "msg", "payload", "script", "extensions", "body", "raw", "xml")
            || ["data", "description", "properties", "parameters", "details"].contains(last)
        {
            return .text
        }
        if accounts(words, set) { return .account }
        return nil
    }

    /// Words that make a column tell about an observable instead of holding one.
    private static func notObservable(_ words: [String], _ set: Set<String>) -> Bool {
        let about: Set<String> = [
            "id", "type", "country", "location", "category", "label", "count", "port", "protocol", "version", "length",
            "bytes", "class", "sid", "guid", "authorization", "reputation", "threat", "tags", "number", "size", "zone",
            "interface", "flags", "state", "status", "time", "date", "control", "policy", "action", "score", "agent",
            "code", "severity", "encoding", "language", "direction",
        ]
        guard let last = words.last else { return true }
        return about.contains(last) || set.contains("subscription")
    }

    private static func addressed(_ words: [String], by roles: Set<String>) -> Bool {
        !roles.isDisjoint(with: words) && words.contains { $0 == "address" || $0 == "email" || $0 == "domain" }
    }

    private static func accounts(_ words: [String], _ set: Set<String>) -> Bool {
        let people: Set<String> = ["user", "account", "actor", "caller", "username", "principal", "initiated"]
        guard !people.isDisjoint(with: set), set.isDisjoint(with: ["domain", "display", "computer"]) else {
            return false
        }
        let last = words.last ?? ""
        return people.contains(last) || last == "name"
    }
}

/// The words of a column's name.
enum ColumnWords {
    /// `CallerIPAddress` → `caller`, `ip`, `address`; the type suffix of custom columns (`_s`, `_g`…) is left out.
    static func split(_ name: String) -> [String] {
        var words: [String] = []
        var word = ""
        let characters = Array(name)
        func close() {
            if !word.isEmpty { words.append(word.lowercased()) }
            word = ""
        }
        for (index, character) in characters.enumerated() {
            guard character.isLetter || character.isNumber else {
                close()
                continue
            }
            if character.isUppercase, let previous = word.last {
                let next = index + 1 < characters.count ? characters[index + 1] : "X"
                if previous.isLowercase || previous.isNumber || (next.isLowercase && !isPlural(next, index, characters))
                {
                    close()
                }
            }
            word.append(character)
        }
        close()
        if words.count > 1, let last = words.last, last.count == 1, "sgdbt".contains(last) { words.removeLast() }
        return joined(words)
    }

    /// The s of `IPs` and the v of `IPv4` belong to the capitals before.
    private static func isPlural(_ next: Character, _ index: Int, _ characters: [Character]) -> Bool {
        guard next == "s" || next == "v" else { return false }
        let after = index + 2 < characters.count ? characters[index + 2] : "X"
        return !after.isLowercase
    }

    /// Puts together what the cutting took apart: `sha` `256`, `host` `name`.
    private static func joined(_ words: [String]) -> [String] {
        var result: [String] = []
        for word in words {
            if let last = result.last, ["sha1", "sha256", "md5", "ipv4", "ipv6"].contains(last + word) {
                result[result.count - 1] = last + word
            } else {
                result.append(word)
            }
        }
        return result
    }
}
