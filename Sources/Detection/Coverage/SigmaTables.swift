internal import Sigma

/// In which tables the events of a Sigma log source lie.
enum SigmaTables {
    /// Nil: any table may hold such events.
    static func names(for source: SigmaLogSource) -> Set<String>? {
        switch source.product {
        case "windows": windows(source)
        case "linux", "macos", "unix": ["Syslog", "AuditLog_CL", "Falco_CL", "Osquery_CL"]
        case "aws": ["AWSCloudTrail", "AWSGuardDuty", "AWSVPCFlow"]
        case "azure":
            [
                "AzureActivity", "SigninLogs", "AADNonInteractiveUserSignInLogs", "AADServicePrincipalSignInLogs",
                "AADManagedIdentitySignInLogs", "AuditLogs", "AADUserRiskEvents", "AADRiskyUsers",
            ]
        case "m365": ["OfficeActivity", "CloudAppEvents"]
        case "gcp": ["GCPAuditLogs"]
        case "okta": ["OktaV2_CL"]
        case "github": ["GitHubAuditLogsV2_CL"]
        case "kubernetes": ["AKSAudit", "AKSAuditAdmin"]
        case "zeek": ["Zeek_CL"]
        default: category(source.category)
        }
    }

    private static func windows(_ source: SigmaLogSource) -> Set<String> {
        switch source.service {
        case "security": ["SecurityEvent", "WindowsEvent"]
        case nil where source.category == "process_creation": ["SecurityEvent", "WindowsEvent", "Event"]
        case nil where source.category?.hasPrefix("registry") == true: ["SecurityEvent", "WindowsEvent", "Event"]
        default: ["WindowsEvent", "Event"]
        }
    }

    private static func category(_ category: String?) -> Set<String>? {
        switch category {
        case "webserver", "proxy": ["W3CIISLog", "HTTPAccess_CL", "CommonSecurityLog"]
        case "firewall": ["CommonSecurityLog", "AZFWNetworkRule", "AWSVPCFlow", "Syslog"]
        case "dns": ["DnsEvents", "AZFWDnsQuery", "Zeek_CL"]
        default: nil
        }
    }
}
