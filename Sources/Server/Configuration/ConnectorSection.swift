internal import Configuration
internal import Foundation
internal import Yams

/// The settings of one connector: a mapping under a name of the operator's choice, such as `files.web`.
///
/// Each value may stand in an environment variable instead (`TOCSIN_KAFKA_AZURE_CONNECTION_STRING`); the names themselves
/// are read from the file.
struct ConnectorSection {
    /// The last part of `key`.
    let name: String
    /// Where it stands: `files.web`.
    let key: String
    private let file: String
    private let reader: ConfigReader
    /// What the file sets.
    private let set: Set<String>

    /// The sections under a key, in order of their names.
    ///
    /// - Throws: `SettingsError` when what stands there is no mapping of names to mappings.
    static func all(under key: String, file: String, _ root: Node?, _ reader: ConfigReader) throws -> [ConnectorSection]
    {
        var node = root
        for part in key.split(separator: ".") { node = node?[String(part)] }
        guard let node, node.null == nil else { return [] }
        guard let mapping = node.mapping else {
            throw SettingsError(
                message: "\(file): '\(key)' must hold names with settings under each, as in docs/connectors.md")
        }
        return try mapping.map { nameNode, settings in
            let name = nameNode.string ?? ""
            guard name.wholeMatch(of: /[a-z][a-z0-9\-]*/) != nil else {
                throw SettingsError(
                    message: "\(file): '\(name)' under '\(key)' is no name: use small letters, digits and '-'")
            }
            guard let settings = settings.mapping else {
                throw SettingsError(message: "\(file): '\(key).\(name)' must hold settings, as in docs/connectors.md")
            }
            return ConnectorSection(
                name: name, key: "\(key).\(name)", file: file, reader: reader,
                set: Set(settings.keys.compactMap(\.string)))
        }.sorted { $0.name < $1.name }
    }

    func fault(_ setting: String, _ what: String) -> SettingsError {
        SettingsError(message: "\(file): \(key).\(setting) \(what)")
    }

    /// What is wrong with the section as a whole.
    func fault(_ what: String) -> SettingsError { SettingsError(message: "\(file): \(key): \(what)") }

    /// Refuses settings that do not exist.
    func allow(_ settings: String...) throws {
        guard let unknown = set.subtracting(settings).sorted().first else { return }
        throw fault(unknown, "is no setting; there are \(settings.joined(separator: ", "))")
    }

    func text(_ setting: String, isSecret: Bool = false) -> String? {
        reader.string(forKey: ConfigKey("\(key).\(setting)"), isSecret: isSecret)
    }

    func required(_ setting: String) throws -> String {
        guard let text = text(setting), !text.isEmpty else { throw fault(setting, "is missing") }
        return text
    }

    func number(_ setting: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = text(setting) else { return nil }
        guard let number = Int(text), range.contains(number) else {
            throw fault(setting, "is '\(text)'; it must be a number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }

    func seconds(_ setting: String) throws -> Duration? {
        guard let text = text(setting) else { return nil }
        guard let number = Double(text), number > 0, number < 1e9 else {
            throw fault(setting, "is '\(text)'; it must be a number of seconds above 0")
        }
        return .seconds(number)
    }

    func choice<Choice: RawRepresentable & CaseIterable>(_ setting: String, of: Choice.Type) throws -> Choice?
    where Choice.RawValue == String {
        guard let text = text(setting) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let all = Choice.allCases.map { "'\($0.rawValue)'" }.joined(separator: ", ")
            throw fault(setting, "is '\(text)'; it must be one of \(all)")
        }
        return choice
    }

    func flag(_ setting: String) throws -> Bool? {
        guard let text = text(setting) else { return nil }
        guard let flag = Bool(text) else { throw fault(setting, "is '\(text)'; it must be 'true' or 'false'") }
        return flag
    }

    /// A list; a single value counts as a list of one.
    func list(_ setting: String) -> [String] {
        let key = ConfigKey("\(key).\(setting)")
        return reader.stringArray(forKey: key) ?? reader.string(forKey: key).map { [$0] } ?? []
    }
}
