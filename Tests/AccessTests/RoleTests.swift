import Access
import Testing

@Suite struct RoleTests {
    @Test(arguments: [
        (Permission.readEvents, [Role.reader, .responder, .contributor, .administrator]),
        (.readIncidents, [.reader, .responder, .contributor, .administrator]),
        (.readContent, [.reader, .responder, .contributor, .administrator]),
        (.changeIncidents, [.responder, .contributor, .administrator]),
        (.runPlaybooks, [.responder, .contributor, .administrator]),
        (.changeContent, [.contributor, .administrator]), (.ingestEvents, [.contributor, .administrator]),
        (.readJournal, [.administrator]), (.administer, [.administrator]),
    ])
    func `a permission belongs to these roles`(permission: Permission, roles: [Role]) {
        #expect(Role.allCases.filter { $0.permissions.contains(permission) } == roles)
    }
}
