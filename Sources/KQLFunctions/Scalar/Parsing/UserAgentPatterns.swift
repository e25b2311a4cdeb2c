import RE2

/// A family and the pattern whose groups are its major, minor and patch version.
///
/// With the family `$1` the first group is the family and the versions follow.
struct AgentPattern: Sendable {
    private let family: String
    private let pattern: RE2Pattern?

    init(_ family: String, _ text: String) {
        self.family = family
        do {
            pattern = try RE2Pattern(text)
        } catch {
            assertionFailure("the pattern of \(family) is wrong: \(error)")
            pattern = nil
        }
    }

    /// The family and the parts of the version that a text names; nil when the pattern is not in it.
    func match(in text: String) -> (family: String, version: [String])? {
        guard let match = pattern?.firstMatch(in: text) else { return nil }
        var groups = match.dropFirst().map { $0 ?? "" }
        let name = family == "$1" ? groups.removeFirst() : family
        return (name, groups + Array(repeating: "", count: max(0, 4 - groups.count)))
    }
}

private let version = #"[/ ](\d+)(?:[._](\d+))?(?:[._](\d+))?(?:[._](\d+))?"#

extension AgentPattern {
    /// In this order: an agent names the engines that it resembles after or before itself.
    static let browsers: [AgentPattern] = [
        AgentPattern(
            "$1",
            "(Googlebot(?:-[A-Za-z]+)?|bingbot|BingPreview|AhrefsBot|SemrushBot|YandexBot|Baiduspider|DuckDuckBot|Applebot|facebookexternalhit|Twitterbot|LinkedInBot|GPTBot|CCBot|MJ12bot|PetalBot|Slackbot)"
                + version),
        AgentPattern("Nokia OSS Browser", #"(?:SymbianOS|Series60).*Series60/(\d+)(?:\.(\d+))?"#),
        AgentPattern(
            "$1",
            "(AdobeAIR|Vivaldi|PhantomJS|Electron|SeaMonkey|PaleMoon|Waterfox|Iceweasel|Konqueror|Epiphany|Falkon|QQBrowser|UCBrowser|Puffin|Silk|Thunderbird|BlueMail)"
                + version),
        AgentPattern("Edge Mobile", "(?:EdgA|EdgiOS)" + version), AgentPattern("Edge", "(?:Edge|Edg)" + version),
        AgentPattern("Opera Mobile", "Android.*OPR" + version),
        AgentPattern("Opera", "(?:OPR|Opera.*Version)" + version),
        AgentPattern("Opera", "Opera" + version), AgentPattern("Samsung Internet", "SamsungBrowser" + version),
        AgentPattern("Yandex Browser", "YaBrowser" + version), AgentPattern("Firefox iOS", "FxiOS" + version),
        AgentPattern("Brave", "Brave(?: Chrome)?" + version), AgentPattern("DuckDuckGo Mobile", "DuckDuckGo" + version),
        AgentPattern("Facebook", #"FBAN/.*FBAV/(\d+)(?:\.(\d+))?(?:\.(\d+))?"#),
        AgentPattern("HeadlessChrome", "HeadlessChrome" + version),
        AgentPattern("Chrome Mobile iOS", "CriOS" + version),
        AgentPattern("Chromium", "Chromium" + version),
        AgentPattern("Chrome Mobile WebView", "Android.*; wv.*Chrome" + version),
        AgentPattern("Chrome Mobile", "Android.*Chrome" + version + ".* Mobile"),
        AgentPattern("Chrome", "Chrome" + version),
        AgentPattern("Firefox Mobile", "(?:Mobile|Tablet);.*Firefox" + version),
        AgentPattern("Firefox", "Firefox" + version),
        AgentPattern("IE Mobile", #"IEMobile[/ ](\d+)\.(\d+)"#), AgentPattern("IE", #"MSIE (\d+)\.(\d+)"#),
        AgentPattern("IE", #"Trident/.*rv:(\d+)\.(\d+)"#),
        AgentPattern("Android", #"Android.*Version/(\d+)\.(\d+)(?:\.(\d+))?.*Safari"#),
        AgentPattern("Mobile Safari", "(?:iPhone|iPad|iPod).*Version" + version + ".*Safari"),
        AgentPattern("Mobile Safari UI/WKWebView", #"(?:iPhone|iPad|iPod).*OS (\d+)_(\d+)(?:_(\d+))?.*AppleWebKit"#),
        AgentPattern("Safari", "Version" + version + ".*Safari"),
        AgentPattern("Outlook", #"Microsoft Outlook (\d+)\.(\d+)(?:\.(\d+))?"#),
        AgentPattern("PowerShell", "(?:Windows)?PowerShell" + version),
        AgentPattern("Python Requests", "python-requests" + version),
        AgentPattern("Python-urllib", "[Pp]ython-urllib" + version), AgentPattern("Java", "Java" + version),
        AgentPattern(
            "$1",
            "(curl|Wget|Go-http-client|okhttp|Apache-HttpClient|axios|node-fetch|aiohttp|httpx|libwww-perl|PostmanRuntime|insomnia|HTTPie|Ruby|Guzzle|sqlmap|Nikto|WinHTTP|CryptoAPI)"
                + version),
        AgentPattern("Apple Mail", #"Macintosh.*AppleWebKit/(\d+)(?:\.(\d+))?(?:\.(\d+))? \(KHTML, like Gecko\)$"#),
    ]

    static let systems: [AgentPattern] = [
        AgentPattern("Windows Phone", #"Windows Phone (?:OS )?(\d+)\.(\d+)"#),
        AgentPattern("Windows 10", #"Windows NT 10"#), AgentPattern("Windows 8.1", #"Windows NT 6\.3"#),
        AgentPattern("Windows 8", #"Windows NT 6\.2"#), AgentPattern("Windows 7", #"Windows NT 6\.1"#),
        AgentPattern("Windows Vista", #"Windows NT 6\.0"#), AgentPattern("Windows XP", #"Windows NT 5\.[12]"#),
        AgentPattern("Windows 2000", #"Windows NT 5\.0"#), AgentPattern("Symbian OS", #"SymbianOS/(\d+)(?:\.(\d+))?"#),
        AgentPattern("tvOS", #"AppleTV.*OS (\d+)_(\d+)(?:_(\d+))?"#),
        AgentPattern("watchOS", #"watchOS/(\d+)\.(\d+)(?:\.(\d+))?"#),
        AgentPattern("iOS", #"(?:iPhone|iPad|iPod).*OS (\d+)_(\d+)(?:_(\d+))?"#),
        AgentPattern("KaiOS", #"KAIOS/(\d+)\.(\d+)"#),
        AgentPattern("Tizen", #"Tizen[/ ](\d+)\.(\d+)"#),
        AgentPattern("Android", #"Android[ -](\d+)(?:\.(\d+))?(?:\.(\d+))?"#),
        AgentPattern("Android", "Android"), AgentPattern("Mac OS X", #"Mac OS X (\d+)[._](\d+)(?:[._](\d+))?"#),
        AgentPattern("Mac OS X", "Mac OS X|Macintosh|Darwin"),
        AgentPattern("Chrome OS", #"CrOS \w+ (\d+)\.(\d+)\.(\d+)"#),
        AgentPattern("BlackBerry OS", #"BB(\d+)"#),
        AgentPattern(
            "$1",
            #"(Ubuntu|Fedora|Debian|CentOS|Red Hat|SUSE|Gentoo|Mageia|Arch Linux|FreeBSD|OpenBSD|NetBSD|SunOS)(?:[/ -](\d+)(?:\.(\d+))?(?:\.(\d+))?)?"#
        ),
        AgentPattern("Linux", "Linux"), AgentPattern("Windows", "Windows"),
    ]

    /// Brand and pattern; the first group is the model.
    static let devices: [(brand: String, pattern: AgentPattern)] = [
        ("Spider", AgentPattern("Spider", "(?i)bot\\b|spider|crawl|slurp|facebookexternalhit|BingPreview")),
        ("Samsung", AgentPattern("Samsung", #"(?:SAMSUNG )?((?:SM|GT|SCH|SGH|SPH)-[A-Za-z0-9]+)"#)),
        ("Google", AgentPattern("", #"(Pixel(?: \d\w?)?(?: Pro| XL)*|Nexus \w+)"#)),
        ("Nokia", AgentPattern("Nokia", #"Nokia ?([A-Z]?\d+[A-Za-z0-9]*(?:-\d+)?)"#)),
        ("Xiaomi", AgentPattern("XiaoMi", #"((?:Redmi|Mi|POCO)[ -][A-Za-z0-9 ]+?)(?: Build|\)|;)"#)),
        ("Huawei", AgentPattern("Huawei", #"(?:HUAWEI )?((?:[A-Z]{3}|HUAWEI)-[A-Z0-9]+)(?: Build|\)|;)"#)),
        ("OnePlus", AgentPattern("OnePlus", #"(ONEPLUS ?[A-Z0-9]+)"#)),
        ("Motorola", AgentPattern("Motorola", #"(?i)(moto [a-z0-9 ]+?)(?: Build|\)|;)"#)),
        ("Amazon", AgentPattern("Kindle", "(KF[A-Z]{3,5})")),
    ]
}
