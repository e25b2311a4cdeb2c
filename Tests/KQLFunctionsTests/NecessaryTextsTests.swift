import RE2
import Testing

@Suite struct NecessaryTextsTests {
    @Test(arguments: [
        (#"(?i)\\(cmd|PowerShell)\.exe$"#, [#"\cmd.exe"#, #"\powershell.exe"#]),
        (#"mimikatz"#, ["mimikatz"]),
        (#"^a+whoami.*(secretsdump|x)\d{3}$"#, ["whoami"]),
        (#"(abc.*defg|ghi.*jklm)"#, ["defg", "jklm"]),
        (#"\d+\.\d+"#, []),
        (#"ab|cd"#, []),
        (#""#, []),
        (#"(?:whoami)?"#, []),
    ])
    func `a pattern tells which texts it cannot do without`(pattern: String, texts: [String]) throws {
        #expect(Set(try RE2Pattern(pattern).necessaryTexts(shortest: 3) ?? []) == Set(texts))
    }

    @Test func `case is kept out of it`() throws {
        #expect(
            try RE2Pattern("Invoke-Expression", ignoringCase: true).necessaryTexts(shortest: 3) == ["invoke-expression"]
        )
    }
}
