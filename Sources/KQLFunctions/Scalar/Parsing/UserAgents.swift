import Foundation
import JSON
import KQLValues
import RE2

/// `parse_user_agent`.
let userAgentFunctions: [ScalarFunction] = scalars {
    ScalarFunction(
        "parse_user_agent", family: .parsing,
        summary: "The browser, operating system and device that a user agent names.",
        signatures: [
            .takes(.string("userAgent"), .string("lookFor"), returns: .dynamic),
            .takes(.string("userAgent"), .dynamic("lookFor", .optional), returns: .dynamic),
        ],
        evaluate: each { (text: String, wanted: JSON?) -> JSON? in
            let names = (wanted.map { $0.arrayValue ?? [$0] } ?? ["browser", "os", "device"]).map {
                $0.kqlText.lowercased()
            }
            var bag = JSONObject()
            if names.contains("browser") { bag["Browser"] = browser(of: text) }
            if names.contains("os") { bag["OperatingSystem"] = operatingSystem(of: text) }
            if names.contains("device") { bag["Device"] = device(of: text) }
            return .object(bag)
        })
}

/// A family and the pattern whose groups are its major, minor and patch version.
private struct AgentPattern: Sendable {
    let family: String
    let pattern: RE2Pattern?

    init(_ family: String, _ text: String) {
        self.family = family
        do {
            pattern = try RE2Pattern(text)
        } catch {
            pattern = nil
        }
    }

    func version(in text: String) -> [String]? {
        guard let match = pattern?.firstMatch(in: text) else { return nil }
        let groups = match.dropFirst().map { $0 ?? "" }
        return groups + Array(repeating: "", count: max(0, 3 - groups.count))
    }
}

private let version = #"[/ ](\d+)(?:[._](\d+))?(?:[._](\d+))?"#

/// In this order: an agent names the engines that it resembles after or before itself.
private let browsers: [AgentPattern] = [
    AgentPattern("Edge", "(?:Edge|Edg|EdgA|EdgiOS)" + version), AgentPattern("Opera", "(?:OPR|Opera)" + version),
    AgentPattern("Samsung Internet", "SamsungBrowser" + version), AgentPattern("Vivaldi", "Vivaldi" + version),
    AgentPattern("YandexBrowser", "YaBrowser" + version), AgentPattern("Firefox iOS", "FxiOS" + version),
    AgentPattern("Chrome Mobile iOS", "CriOS" + version), AgentPattern("Chromium", "Chromium" + version),
    AgentPattern("Chrome Mobile", "Android.*Chrome" + version + ".* Mobile"),
    AgentPattern("Chrome", "Chrome" + version),
    AgentPattern("Firefox Mobile", "Mobile.*Firefox" + version), AgentPattern("Firefox", "Firefox" + version),
    AgentPattern("IE", #"MSIE (\d+)\.(\d+)"#), AgentPattern("IE", #"Trident/.*rv:(\d+)\.(\d+)"#),
    AgentPattern("Mobile Safari", "(?:iPhone|iPad|iPod).*Version" + version),
    AgentPattern("Safari", "Version" + version + ".*Safari"),
    AgentPattern("curl", "curl" + version), AgentPattern("Wget", "Wget" + version),
    AgentPattern("Python Requests", "python-requests" + version),
    AgentPattern("Go-http-client", "Go-http-client" + version),
]

private let systems: [AgentPattern] = [
    AgentPattern("Windows Phone", #"Windows Phone (?:OS )?(\d+)\.(\d+)"#), AgentPattern("Windows 10", "Windows NT 10"),
    AgentPattern("Windows 8.1", #"Windows NT 6\.3"#), AgentPattern("Windows 8", #"Windows NT 6\.2"#),
    AgentPattern("Windows 7", #"Windows NT 6\.1"#), AgentPattern("Windows Vista", #"Windows NT 6\.0"#),
    AgentPattern("Windows XP", #"Windows NT 5\.[12]"#),
    AgentPattern("iOS", #"(?:iPhone|iPad|iPod).*OS (\d+)_(\d+)(?:_(\d+))?"#),
    AgentPattern("Android", #"Android (\d+)(?:\.(\d+))?(?:\.(\d+))?"#),
    AgentPattern("Mac OS X", #"Mac OS X (\d+)[._](\d+)(?:[._](\d+))?"#),
    AgentPattern("Chrome OS", #"CrOS \w+ (\d+)\.(\d+)\.(\d+)"#), AgentPattern("Ubuntu", "Ubuntu"),
    AgentPattern("Fedora", "Fedora"), AgentPattern("Linux", "Linux"), AgentPattern("Windows", "Windows"),
]

private func browser(of text: String) -> JSON {
    for candidate in browsers {
        if let version = candidate.version(in: text) {
            return [
                "Family": .string(candidate.family), "MajorVersion": .string(version[0]),
                "MinorVersion": .string(version[1]), "Patch": .string(version[2]),
            ]
        }
    }
    return ["Family": "Other", "MajorVersion": "", "MinorVersion": "", "Patch": ""]
}

private func operatingSystem(of text: String) -> JSON {
    for candidate in systems {
        if let version = candidate.version(in: text) {
            return [
                "Family": .string(candidate.family), "MajorVersion": .string(version[0]),
                "MinorVersion": .string(version[1]), "Patch": .string(version[2]), "PatchMinor": "",
            ]
        }
    }
    return ["Family": "Other", "MajorVersion": "", "MinorVersion": "", "Patch": "", "PatchMinor": ""]
}

private func device(of text: String) -> JSON {
    for name in ["iPhone", "iPad", "iPod"] where text.contains(name) {
        return ["Family": .string(name), "Brand": "Apple", "Model": .string(name)]
    }
    if text.contains("Macintosh") { return ["Family": "Mac", "Brand": "Apple", "Model": "Mac"] }
    if text.contains("bot") || text.contains("spider") || text.contains("crawl") {
        return ["Family": "Spider", "Brand": "Spider", "Model": "Desktop"]
    }
    return ["Family": "Other", "Brand": "", "Model": ""]
}
