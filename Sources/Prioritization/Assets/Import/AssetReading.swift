internal import Casebook
internal import JSON
internal import Vocabulary

/// What a file of assets says, with the places in it that cannot be used.
public struct AssetReading: Sendable, Hashable {
    public var assets: [Asset] = []
    public var faults: [ContentFault] = []

    public init(assets: [Asset] = [], faults: [ContentFault] = []) {
        self.assets = assets
        self.faults = faults
    }

    /// The forms in which inventories come.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        /// The rows of `az graph query`, its REST answer, or the portal's download.
        case resourceGraph
        /// What AWS's command line writes: `describe-…`, `list-…`, Config, Resource Explorer, the tagging API.
        case aws
        case csv
        case yaml

        /// What a file looks like by its name and its first characters.
        public static func detect(_ text: String, file: String) -> Format {
            let name = file.lowercased()
            if name.hasSuffix(".csv") { return .csv }
            if name.hasSuffix(".yaml") || name.hasSuffix(".yml") { return .yaml }
            switch text.first(where: { !$0.isWhitespace && $0 != "\u{FEFF}" }) {
            case "{", "[": return AWSAssets.looksLike(text) ? .aws : .resourceGraph
            default:
                let first = text.prefix { !$0.isNewline }
                return first.contains(",") && !first.contains(": ") ? .csv : .yaml
            }
        }
    }

    /// Reads what can be read; the rest is told of, with file and line where the format has lines.
    public init(_ text: String, file: String, format: Format? = nil) {
        self.init()
        switch format ?? Format.detect(text, file: file) {
        case .csv: self = CSVAssets(file: file).read(text)
        case .yaml: readYAML(text, file: file)
        case .resourceGraph: readJSON(text, file: file) { ResourceGraphAssets(file: file).read($0) }
        case .aws: readJSON(text, file: file) { AWSAssets(file: file).read($0) }
        }
    }

    private mutating func readYAML(_ text: String, file: String) {
        do throws(ContentFault) {
            guard let root = try YAMLPlace.root(of: text, file: file) else { return }
            let list = root.isList ? root : try root.members(allowed: [])["assets"]
            guard let list else { throw root.fault("write the assets in a list under 'assets:'") }
            for place in try list.elements() {
                do throws(ContentFault) {
                    assets.append(try Asset(place))
                } catch {
                    faults.append(error)
                }
            }
        } catch {
            faults.append(error)
        }
    }

    private mutating func readJSON(_ text: String, file: String, _ read: (JSON) -> AssetReading) {
        do {
            self = read(try JSON(parsing: text))
        } catch {
            faults.append(ContentFault(file: file, "this is \(error); export it anew"))
        }
    }
}
