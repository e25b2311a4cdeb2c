import JSON
import KQLFunctions
import KQLValues
import Testing

struct UserAgentTests {
    private let chrome =
        "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.6099.71 Safari/537.36"

    @Test(arguments: [
        ("Mozilla/5.0 (Windows; U; en-US) AppleWebKit/531.9 (KHTML, like Gecko) AdobeAIR/2.5.1", "AdobeAIR", "2"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:121.0) Gecko/20100101 Firefox/121.0", "Firefox", "121"),
        ("curl/7.88.1", "curl", "7"), ("python-requests/2.31.0", "Python Requests", "2"),
        ("Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)", "Googlebot", "2"),
        ("Mozilla/5.0 (Windows NT; Windows NT 10.0; en-US) WindowsPowerShell/5.1.22621.2506", "PowerShell", "5"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120.0.0.0 Safari/537.36 Edg/120.0.2210.61", "Edge", "120"),
        ("nothing known", "Other", ""),
    ])
    func `browsers and tools are told by name and version`(_ agent: String, _ family: String, _ major: String) throws {
        guard case .dynamic(let bag) = try call("parse_user_agent", .string(agent), .string("browser")) else {
            Issue.record("no bag")
            return
        }
        #expect(bag["Browser"]?["Family"] == .string(family))
        #expect(bag["Browser"]?["MajorVersion"] == .string(major))
        #expect(bag["OperatingSystem"] == nil)
    }

    @Test func `a phone has a system and a model`() throws {
        let agent =
            "Mozilla/5.0 (SymbianOS/9.2; U; Series60/3.1 NokiaN81-3/10.0.032 Profile/MIDP-2.0 Configuration/CLDC-1.1 )"
            + " AppleWebKit/413 (KHTML, like Gecko) Safari/4"
        guard
            case .dynamic(let bag) = try call(
                "parse_user_agent", .string(agent), .json(#"["browser", "os", "device"]"#))
        else {
            Issue.record("no bag")
            return
        }
        #expect(bag["Browser"]?["Family"] == "Nokia OSS Browser")
        #expect(bag["OperatingSystem"]?["Family"] == "Symbian OS")
        #expect(bag["OperatingSystem"]?["MinorVersion"] == "2")
        #expect(bag["Device"] == ["Family": "Nokia N81", "Brand": "Nokia", "Model": "N81-3"])
    }

    @Test func `a desktop has no model`() throws {
        guard case .dynamic(let bag) = try call("parse_user_agent", .string(chrome), .json(#"["os", "device"]"#)) else {
            Issue.record("no bag")
            return
        }
        #expect(bag["OperatingSystem"]?["Family"] == "Windows 10")
        #expect(bag["Device"]?["Family"] == "Other")
    }
}
