/// Tells from a record's fields which product and service wrote it, so that only fitting rules are tried.
enum EventProducts {
    struct Signature {
        let product: String
        var service: String?
        /// Field names in lower case, without envelopes; all must be there.
        let fields: [String]
    }

    /// Tried in this order; a record that has none of these signatures is of an unknown product.
    static let signatures: [Signature] =
        [
            Signature(product: "aws", service: "cloudtrail", fields: ["eventsource", "eventname", "awsregion"]),
            Signature(product: "aws", service: "cloudtrail", fields: ["eventsource", "eventname", "eventversion"]),
            Signature(product: "windows", fields: ["eventid", "channel"]),
            Signature(product: "windows", fields: ["eventid", "provider_name"]),
            Signature(product: "windows", fields: ["eventid", "computer"]),
        ] + zeek + [
            Signature(product: "gcp", fields: ["protopayload.methodname"]),
            Signature(product: "gcp", fields: ["gcp.audit.method_name"]),
            Signature(product: "okta", service: "okta", fields: ["eventtype", "actor.alternateid"]),
            Signature(product: "okta", service: "okta", fields: ["eventtype", "outcome.result", "published"]),
            Signature(product: "kubernetes", fields: ["verb", "objectref.resource"]),
            Signature(product: "kubernetes", fields: ["verb", "auditid"]),
            Signature(product: "m365", fields: ["workload", "operation", "usertype"]),
            Signature(
                product: "azure", service: "signinlogs", fields: ["properties.userprincipalname", "properties.appid"]),
            Signature(product: "azure", service: "auditlogs", fields: ["properties.activitydisplayname"]),
            Signature(product: "azure", fields: ["operationname", "category", "resourceid"]),
            Signature(product: "azure", fields: ["operationname", "tenantid", "category"]),
            Signature(product: "github", service: "audit", fields: ["action", "actor", "org"]),
            Signature(product: "linux", fields: ["facility", "syslogmessage"]),
        ]

    /// Zeek's logs by the fields that only they have (their names are the services of Zeek rules).
    private static let zeek: [Signature] = [
        ("dce_rpc", ["named_pipe", "endpoint"]), ("dce_rpc", ["endpoint", "operation"]),
        ("smb_files", ["smb_action"]), ("smb_files", ["times.modified", "fuid"]),
        ("smb_files", ["action", "times.modified"]),
        ("smb_files", ["action", "fuid", "id.orig_h"]), ("smb_mapping", ["share_type"]),
        ("dns", ["query", "qtype_name"]), ("dns", ["query", "trans_id"]), ("dns", ["rtt", "trans_id"]),
        ("dns", ["trans_id", "id.orig_h"]), ("rdp", ["cookie", "id.orig_h"]), ("rdp", ["security_protocol"]),
        ("http", ["trans_depth", "method"]), ("http", ["trans_depth", "id.orig_h"]),
        ("kerberos", ["request_type", "id.orig_h"]), ("kerberos", ["error_msg", "client", "service"]),
        ("x509", ["certificate.version"]), ("ssl", ["cipher", "curve"]), ("ssl", ["resumed", "established"]),
        ("ntlm", ["server_nb_computer_name"]), ("files", ["fuid", "seen_bytes"]), ("conn", ["conn_state"]),
        ("other", ["id.orig_h", "id.resp_h"]), ("other", ["ts", "uid"]), ("other", ["ts", "fuid"]),
    ].map { Signature(product: "zeek", service: $0.0, fields: $0.1) }

    /// The product of records that no signature fits.
    static let unknown = "unknown"
}
