/// Where people sign in.
struct SignInPage: Page {
    let next: String
    let name: String
    let problem: String?
    var template: TemplateName { .signIn }
}

/// Where the first administrator is made.
struct WelcomePage: Page {
    let token: String
    let name: String
    let problem: String?
    var template: TemplateName { .welcome }
}

/// What is shown when a page cannot be.
struct ProblemPage: Page {
    let heading: String
    let message: String
    var template: TemplateName { .problem }
}
