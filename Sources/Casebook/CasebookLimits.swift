/// Bounds after Microsoft Sentinel's service limits, and our own where it names none. Texts are counted in UTF-16 units,
/// as its clients count them.
public enum CasebookLimits {
    public static let alertsPerIncident = 150
    public static let bookmarksPerIncident = 20
    public static let commentsPerIncident = 100
    public static let commentCharacters = 30_000
    public static let tasksPerIncident = 40
    public static let linksPerIncident = 100
    public static let watchersPerIncident = 200
    public static let timeEntriesPerIncident = 1_000
    public static let attachmentsPerIncident = 50
    public static let attachmentBytes = 25 << 20
    public static let titleCharacters = 500
    public static let descriptionCharacters = 5_000
    public static let labelsPerIncident = 100
    public static let labelCharacters = 256
    public static let identifierCharacters = 260
    public static let queryCharacters = 10_000
    public static let queryResultCharacters = 262_144
    public static let notesCharacters = 30_000
    public static let entitiesPerBookmark = 50
    public static let fieldsPerBookmarkEntity = 20
    public static let techniquesPerBookmark = 100
    public static let entitiesPerAlert = 500
    public static let evidenceRowsPerAlert = 100
    public static let valuesPerDetail = 50
    public static let evidenceBytesPerAlert = 262_144
    public static let pageSize = 1_000
}
