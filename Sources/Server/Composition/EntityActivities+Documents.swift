internal import Investigation
internal import WorkspaceResources

extension EntityActivities {
    /// The activities that clients wrote as entity queries.
    init(in store: WorkspaceResourceStore) async throws {
        self.init()
        for document in try await store.all(ResourcePlace("entityQueries")) where document.kind == "Activity" {
            do throws(InsightFault) {
                if let activity = try EntityActivity(entityQuery: document.name, document.properties) {
                    all.append(activity)
                }
            } catch {
                faults.append(error)
            }
        }
    }
}
