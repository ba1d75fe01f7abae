fn main() -> std::process::ExitCode {
    coach_server::cli::main()
}
