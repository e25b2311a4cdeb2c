internal import Delimited
internal import Vocabulary

/// Assets out of CSV with a header (RFC 4180): `kind,names,tags,sensitivity,owner` in any order, of which the first two are
/// needed, several values separated by `;` or `|`. A column of another name becomes the tag `column=value`.
struct CSVAssets {
    let file: String

    private enum Column: Hashable {
        case kind, names, tags, sensitivity, owner, resourceID, addresses, type, location
        case link(Int)
        case identifier(String)
        case tag(String)

        init(header: String) {
            let word = header.lowercased().filter { $0.isLetter || $0.isNumber }
            if let link = Asset.linkMembers.firstIndex(where: { $0.member.lowercased() == word }) {
                self = .link(link)
                return
            }
            switch word {
            case "kind": self = .kind
            case "name", "names", "hostname", "host", "account", "upn", "userprincipalname": self = .names
            case "tags", "tag", "labels": self = .tags
            case "sensitivity", "criticality": self = .sensitivity
            case "owner": self = .owner
            case "resourceid", "azureid", "arn": self = .resourceID
            case "address", "addresses", "ip", "ipaddress", "ipaddresses": self = .addresses
            case "type", "resourcetype": self = .type
            case "location", "region", "site": self = .location
            case "groups", "group", "memberofgroups":
                self = .link(Asset.linkMembers.firstIndex { $0.relation == .memberOf } ?? 0)
            case "aaduserid", "objectid": self = .identifier("AadUserId")
            case "sid": self = .identifier("Sid")
            case "ntdomain": self = .identifier("NTDomain")
            case "dnsdomain": self = .identifier("DnsDomain")
            default: self = .tag(header)
            }
        }

        /// The kind of asset that a file without a column `kind` lists by this column.
        static func impliedKind(header: String) -> EntityKind? {
            switch header.lowercased().filter(\.isLetter) {
            case "hostname", "host": .host
            case "account", "upn", "userprincipalname": .account
            default: nil
            }
        }
    }

    func read(_ text: String) -> AssetReading {
        var reading = AssetReading()
        var columns: [Column]?
        var implied: EntityKind?
        for row in CSVRows(text) {
            if row.isUnclosed {
                reading.faults.append(
                    ContentFault(
                        file: file, line: row.line, "a quotation mark is opened here and never closed; close it"))
                continue
            }
            guard !row.isBlank else { continue }
            guard let known = columns else {
                let found = row.fields.map(Column.init(header:))
                implied = row.fields.lazy.compactMap(Column.impliedKind).first
                guard found.contains(.names), found.contains(.kind) || implied != nil else {
                    reading.faults.append(
                        ContentFault(
                            file: file, line: row.line,
                            "the first line must name the columns 'kind' and 'names' (and 'tags', 'sensitivity', 'owner')"
                        ))
                    return reading
                }
                columns = found
                continue
            }
            do {
                reading.assets.append(try asset(row, known, implied))
            } catch {
                reading.faults.append(error)
            }
        }
        return reading
    }

    private func asset(
        _ row: CSVRows.Row, _ columns: [Column], _ implied: EntityKind?
    ) throws(ContentFault) -> Asset {
        func fault(_ message: String) -> ContentFault { ContentFault(file: file, line: row.line, message) }
        guard row.fields.count >= columns.count else {
            throw fault("this line has \(row.fields.count) fields; the first line names \(columns.count)")
        }
        var asset = Asset(kind: implied ?? .host, names: [])
        for (column, text) in zip(columns, row.fields) where !text.isEmpty || column == .kind {
            switch column {
            case .kind:
                guard let kind = EntityKind(lenient: text) else {
                    throw fault("'\(text)' is no kind of asset; write host, account, ip…")
                }
                asset.kind = kind
            case .names: asset.names += text.listed
            case .tags: asset.tags += text.listed
            case .sensitivity:
                guard let level = Sensitivity(lenient: text) else {
                    throw fault("'\(text)' is no sensitivity; write low, medium, high or critical")
                }
                asset.sensitivity = level
            case .owner: asset.owner = text
            case .resourceID: asset.resourceID = text
            case .addresses: asset.addresses += text.listed
            case .type: asset.type = text
            case .location: asset.location = text
            case .link(let index):
                let (_, relation, kind) = Asset.linkMembers[index]
                asset.links += text.listed.map { AssetLink(relation, named: $0, else: kind) }
            case .identifier(let name): asset.identifiers[name] = text
            case .tag(let name): asset.tags.append("\(name)=\(text)")
            }
        }
        guard !asset.names.isEmpty else { throw fault("an asset needs a name") }
        return asset
    }
}

extension String {
    /// The parts between `;` and `|`, without blanks around them.
    fileprivate var listed: [String] {
        split(whereSeparator: { $0 == ";" || $0 == "|" })
            .map { $0.trimmingPrefix(while: \.isWhitespace) }
            .map { String($0.reversed().trimmingPrefix(while: \.isWhitespace).reversed()) }
            .filter { !$0.isEmpty }
    }
}
