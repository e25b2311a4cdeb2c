internal import JSON
internal import Vocabulary

/// Assets out of what AWS's command line writes: each known list of an answer, and every record with an Amazon resource name.
struct AWSAssets {
    let file: String

    /// Does a JSON text hold one of the lists of AWS's answers near its beginning?
    static func looksLike(_ text: String) -> Bool {
        let head = text.prefix(4_096)
        return ["\"arn:aws", "\"Reservations\"", "\"resourceIdentifiers\"", "\"configurationItems\"", "\"Instances\""]
            .contains { head.contains($0) } || text.prefix(200_000).contains("\"arn:aws")
    }

    func read(_ json: JSON) -> AssetReading {
        var reading = AssetReading()
        var found = 0
        for answer in json.arrayValue ?? [json] {
            for (list, value) in answer.objectValue ?? [:] {
                for (number, record) in (value.arrayValue ?? []).enumerated() {
                    found += 1
                    let assets = self.assets(record, in: list)
                    if assets.isEmpty {
                        reading.faults.append(
                            ContentFault(
                                file: file,
                                "\(list)[\(number)] has neither a known form nor an ARN; export it with tags and ARNs"))
                    }
                    reading.assets += assets
                }
            }
        }
        if found == 0 {
            reading.faults.append(
                ContentFault(
                    file: file,
                    "no list of resources is in here; export with `--output json`, such as `aws ec2 "
                        + "describe-instances`"))
        }
        return reading
    }

    private func assets(_ record: JSON, in list: String) -> [Asset] {
        switch list {
        case "Reservations":
            return (record["Instances"]?.arrayValue ?? []).map { instance($0, account: record.text("OwnerId")) }
        case "Instances": return [instance(record, account: nil)]
        case "UserDetailList", "Users": return [principal(record, .account, name: record.text("UserName"))]
        case "GroupDetailList", "Groups": return [principal(record, .securityGroup, name: record.text("GroupName"))]
        case "RoleDetailList", "Roles": return [principal(record, .account, name: record.text("RoleName"))]
        case "Accounts": return account(record).map { [$0] } ?? []
        case "Buckets":
            return record.text("Name").map { name in
                [
                    Asset(
                        kind: .azureResource, names: [name], resourceID: "arn:aws:s3:::\(name)", type: "AWS::S3::Bucket"
                    )
                ]
            } ?? []
        case "Results":
            // `select-resource-config` writes each result as a text of JSON.
            guard let text = record.stringValue, let inner = try? JSON(parsing: text) else { return [] }
            return resource(inner).map { [$0] } ?? []
        default: return resource(record).map { [$0] } ?? []
        }
    }

    private func instance(_ record: JSON, account: String?) -> Asset {
        let id = record.text("InstanceId") ?? ""
        let zone = record["Placement"]?.text("AvailabilityZone") ?? ""
        let region = zone.last?.isLetter == true ? String(zone.dropLast()) : zone
        var asset = Asset(
            kind: .host, names: [], tags: record.awsTags,
            resourceID: account.map { "arn:aws:ec2:\(region):\($0):instance/\(id)" } ?? "",
            addresses: [record.text("PrivateIpAddress"), record.text("PublicIpAddress")].compactMap { $0 },
            type: "AWS::EC2::Instance", location: region)
        asset.names = [record.tag("Name"), record.text("PrivateDnsName"), id].compactMap { $0 }.filter { !$0.isEmpty }
        if let account { asset.links.append(AssetLink(.within, .azureResource, "arn:aws:iam::\(account):root")) }
        if let profile = record["IamInstanceProfile"]?.text("Arn"), let name = profile.split(separator: "/").last,
            let account
        {
            asset.links.append(AssetLink(.actsAs, .account, "arn:aws:iam::\(account):role/\(name)"))
        }
        asset.owner = record.tag("owner") ?? ""
        return asset
    }

    private func principal(_ record: JSON, _ kind: EntityKind, name: String?) -> Asset {
        let arn = record.text("Arn") ?? ""
        let account = arn.awsAccount
        var asset = Asset(
            kind: kind, names: [arn, name ?? ""].filter { !$0.isEmpty }, tags: record.awsTags, resourceID: arn,
            type: "AWS::IAM::" + (kind == .securityGroup ? "Group" : arn.contains(":role/") ? "Role" : "User"))
        for group in record["GroupList"]?.arrayValue ?? [] {
            guard let account, let name = group.stringValue else { continue }
            asset.links.append(AssetLink(.memberOf, .azureResource, "arn:aws:iam::\(account):group/\(name)"))
        }
        let policies = record["AttachedManagedPolicies"]?.arrayValue ?? []
        if policies.contains(where: { Self.powerful.contains($0.text("PolicyName") ?? "") }), let account {
            asset.links.append(AssetLink(.administers, .azureResource, "arn:aws:iam::\(account):root"))
        }
        return asset
    }

    /// AWS's own policies that give power over a whole account.
    private static let powerful: Set<String> = ["AdministratorAccess", "PowerUserAccess", "IAMFullAccess"]

    /// An account of an organisation, under the name that policies have for it as a whole.
    private func account(_ record: JSON) -> Asset? {
        guard let id = record.text("Id") else { return nil }
        return Asset(
            kind: .azureResource, names: [record.text("Name") ?? id, id], tags: record.awsTags,
            owner: record.text("Email") ?? "", resourceID: "arn:aws:iam::\(id):root",
            type: "AWS::Organizations::Account")
    }

    /// Whatever has an Amazon resource name: items of Config, Resource Explorer, the tagging API and `describe-…`.
    private func resource(_ record: JSON) -> Asset? {
        let members = record.objectValue ?? [:]
        let known = ["ARN", "Arn", "arn", "ResourceARN", "resourceArn"].lazy.compactMap { record.text($0) }.first
        let other = members.lazy.filter { $0.key.lowercased().hasSuffix("arn") }.compactMap { $0.value.stringValue }
            .first { $0.hasPrefix("arn:") }
        let id = record.text("resourceId")
        guard let identifier = known ?? other ?? id else { return nil }
        let arn = identifier.hasPrefix("arn:") ? identifier : ""
        let name =
            record.text("resourceName") ?? record.tag("Name")
            ?? members.lazy.filter { $0.key.hasSuffix("Name") || $0.key.hasSuffix("Identifier") }
            .compactMap { $0.value.stringValue }.first ?? arn.split(whereSeparator: { ":/".contains($0) }).last.map(
                String.init)
            ?? identifier
        let type = record.text("resourceType") ?? record.text("ResourceType") ?? arn.awsType
        let region = record.text("awsRegion") ?? record.text("Region") ?? arn.awsRegion
        let isMachine = ["AWS::EC2::Instance", "ec2:instance"].contains(type) || arn.contains(":instance/i-")
        var names = [name]
        for extra in [id, isMachine ? arn.split(separator: "/").last.map(String.init) : nil].compactMap({ $0 })
        where !names.contains(extra) {
            names.append(extra)
        }
        var asset = Asset(
            kind: isMachine ? .host : .azureResource, names: names, tags: record.awsTags,
            resourceID: arn.isEmpty ? "" : arn, type: type, location: region)
        let account =
            record.text("accountId") ?? record.text("awsAccountId") ?? record.text("OwningAccountId")
            ?? arn.awsAccount
        if let account, !account.isEmpty {
            asset.links.append(AssetLink(.within, .azureResource, "arn:aws:iam::\(account):root"))
        }
        asset.owner = record.tag("owner") ?? ""
        return asset
    }
}

extension JSON {
    /// The tags in any of AWS's forms: a list of Key and Value, a map, or the data of Resource Explorer's property `tags`.
    fileprivate var awsTags: [String] {
        let explored = self["Properties"]?.arrayValue?.first { $0.text("Name") == "tags" }?["Data"]
        let listed = (self["Tags"] ?? self["TagList"] ?? self["tags"] ?? explored)
        if let map = listed?.objectValue {
            return map.map { name, value in "\(name)=\(value.stringValue ?? "")" }
        }
        return (listed?.arrayValue ?? []).compactMap { tag in
            guard let name = tag.text("Key") ?? tag.text("key") else { return nil }
            let value = tag.text("Value") ?? tag.text("value") ?? ""
            return value.isEmpty ? name : "\(name)=\(value)"
        }
    }

    fileprivate func tag(_ name: String) -> String? {
        let prefix = name.lowercased() + "="
        return awsTags.first { $0.lowercased().hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
    }
}

extension String {
    /// The parts of an Amazon resource name: `arn:partition:service:region:account:resource`.
    private var arnParts: [Substring] {
        hasPrefix("arn:") ? split(separator: ":", maxSplits: 5, omittingEmptySubsequences: false) : []
    }

    fileprivate var awsAccount: String? { arnParts.count > 4 && !arnParts[4].isEmpty ? String(arnParts[4]) : nil }

    fileprivate var awsRegion: String { arnParts.count > 3 ? String(arnParts[3]) : "" }

    /// `ec2:instance`, as Resource Explorer writes types.
    fileprivate var awsType: String {
        guard arnParts.count > 5 else { return "" }
        let resource = arnParts[5].prefix { !":/".contains($0) }
        return resource.count == arnParts[5].count ? String(arnParts[2]) : "\(arnParts[2]):\(resource)"
    }
}
