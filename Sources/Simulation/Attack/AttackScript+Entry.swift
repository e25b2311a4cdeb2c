internal import Chronology
internal import JSON

extension AttackScript {
    /// Three passwords on each of the accounts, from three addresses, and the same on the gateway.
    mutating func sprayPasswords() {
        let rounds = 3
        let count = Organisation.people.count * rounds
        for index in 0..<count {
            let person = Organisation.people[index % Organisation.people.count]
            let part = 0.02 + 0.18 * Double(index) / Double(count)
            var attempt = CloudEvents.SignIn(
                person: person, address: AttackScript.sprayAddresses[index % 3], country: "XK", city: "Pristina",
                app: ("Azure Active Directory PowerShell", "1b730954-1685-4b74-9bfd-dac224a7b894"), result: 50126,
                reason: "Error validating credentials due to invalid username or password.", agent: AttackScript.agent,
                client: "Mobile Apps and Desktop clients", system: "", id: random.guid())
            if index >= Organisation.people.count * 2, index % 17 == 0 {
                attempt.result = 50053
                attempt.reason = "The account is locked, you've tried to sign in too many times."
            }
            add(CloudEvents(time: time(part), stage: .passwordSpray).signIn(attempt))
            if index < 40 {
                add(
                    WindowsEvents(time: time(part + 0.001), computer: Organisation.gateway, stage: .passwordSpray)
                        .failedLogon(person.account, type: 3, from: AttackScript.sprayAddresses[0]))
            }
        }
    }

    /// The password that fits: in the cloud, then on the gateway, and a second factor of the attacker's own.
    mutating func signIn() {
        let address = AttackScript.sprayAddresses[1]
        var success = CloudEvents.SignIn(
            person: victim, address: address, country: "XK", city: "Pristina", client: "Browser", system: "Linux",
            risk: "high", id: random.guid())
        success.agent = AttackScript.agent
        add(CloudEvents(time: time(0.215), stage: .signIn).signIn(success))
        success.app = ("Azure Portal", "c44b4083-3bb0-49c1-b47d-974e53cbdf3c")
        success.id = random.guid()
        success.agent = "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0"
        add(CloudEvents(time: time(0.225), stage: .signIn).signIn(success))
        add(
            CloudEvents(time: time(0.24), stage: .signIn).change(
                "User registered security info", category: "UserManagement", by: victim, from: address,
                targets: [
                    [
                        "id": .string(victim.objectID), "displayName": .string(victim.displayName), "type": "User",
                        "userPrincipalName": .string(victim.principalName),
                        "modifiedProperties": [
                            [
                                "displayName": "StrongAuthenticationMethod", "oldValue": "[]",
                                "newValue": "[\"PhoneAppOTP\"]",
                            ]
                        ],
                    ]
                ], id: random.guid()))
        add(
            WindowsEvents(time: time(0.26), computer: Organisation.gateway, stage: .signIn).logon(
                victim.account, sid: victim.sid, type: 10, from: address, workstation: Organisation.gateway.name,
                package: "Negotiate", logonID: "0x3e7a1"))
    }

    /// The first commands of somebody who does not know the place.
    mutating func discover() {
        let system = #"C:\Windows\System32\"#
        let commands: [(String, String)] = [
            ("whoami.exe", "/all"), ("hostname.exe", ""), ("ipconfig.exe", "/all"), ("quser.exe", ""),
            ("net.exe", "user /domain"), ("net.exe", #"group "Domain Admins" /domain"#),
            ("net.exe", #"group "Enterprise Admins" /domain"#), ("net.exe", "localgroup administrators"),
            ("nltest.exe", "/domain_trusts /all_trusts"), ("nltest.exe", "/dclist:" + Organisation.domain),
            ("net.exe", "view /all /domain"), ("systeminfo.exe", ""), ("arp.exe", "-a"), ("tasklist.exe", "/svc"),
        ]
        for (index, command) in commands.enumerated() {
            run(
                system + command.0, command.1, parent: system + "cmd.exe", on: Organisation.gateway, as: victim.account,
                sid: victim.sid, at: 0.30 + 0.006 * Double(index), stage: .discovery)
        }
        run(
            system + #"WindowsPowerShell\v1.0\powershell.exe"#,
            "-nop -w hidden -enc RwBlAHQALQBBAEQAQwBvAG0AcAB1AHQAZQByACAALQBGAGkAbAB0AGUAcgAgACoA",
            parent: system + "cmd.exe", on: Organisation.gateway, as: victim.account, sid: victim.sid, at: 0.395,
            stage: .discovery)
    }

    /// The memory of LSASS, with a tool and, for good measure, with what Windows brings.
    mutating func dumpCredentials() {
        let gateway = Organisation.gateway
        let system = #"C:\Windows\System32\"#
        let lsass = system + "lsass.exe"
        let tool = #"C:\ProgramData\pd64.exe"#
        run(
            tool, #"-accepteula -ma lsass.exe C:\ProgramData\l.dmp"#, parent: system + "cmd.exe", on: gateway,
            as: victim.account, sid: victim.sid, at: 0.43, stage: .credentialDumping, originalName: "procdump")
        add(
            WindowsEvents(time: time(0.431), computer: gateway, stage: .credentialDumping).processAccess(
                from: tool, to: lsass, access: "0x1fffff", user: victim.account))
        add(
            WindowsEvents(time: time(0.432), computer: gateway, stage: .credentialDumping).fileCreated(
                #"C:\ProgramData\l.dmp"#, by: tool, user: victim.account))
        run(
            system + "rundll32.exe", #"C:\Windows\System32\comsvcs.dll, MiniDump 712 C:\Windows\Temp\upd.dmp full"#,
            parent: system + "cmd.exe", on: gateway, as: victim.account, sid: victim.sid, at: 0.45,
            stage: .credentialDumping)
        add(
            WindowsEvents(time: time(0.451), computer: gateway, stage: .credentialDumping).processAccess(
                from: system + "rundll32.exe", to: lsass, access: "0x1410", user: victim.account))
        add(
            WindowsEvents(time: time(0.452), computer: gateway, stage: .credentialDumping).fileCreated(
                #"C:\Windows\Temp\upd.dmp"#, by: system + "rundll32.exe", user: victim.account))
    }
}
