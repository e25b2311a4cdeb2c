internal import API

extension Settings.Workspace {
    /// The names in the form that the API's paths are made of.
    var names: WorkspaceNames {
        WorkspaceNames(
            subscriptionID: subscriptionID, resourceGroup: resourceGroup, workspace: name, workspaceID: id)
    }
}
