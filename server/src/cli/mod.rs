//! The command line: one subcommand per task.

mod analyze;
pub mod backup;
mod doctor;
mod memory;
mod network;
pub mod people;
pub mod rescore;
pub mod serve;
mod voice;
mod words;
mod worker;

use crate::config::{Config, Layers};
use crate::http;
use crate::store::Db;
use crate::telemetry;
use clap::{Args, CommandFactory as _, Parser, Subcommand};
use std::io::{IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

#[derive(Parser)]
#[command(name = "coach", version, about = "Practise an interview on camera; see what can be better, with evidence.")]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    settings: Settings,
}

/// Options on every subcommand that say where settings come from.
#[derive(Args)]
struct Settings {
    /// Configuration file; without it, coach.toml in this folder if it is there.
    #[arg(long, global = true, env = "COACH_CONFIG", value_name = "FILE")]
    config: Option<PathBuf>,
    /// One setting, such as http.bind=127.0.0.1:9000; overrides the file and the environment.
    #[arg(long = "set", short = 's', global = true, value_name = "SECTION.KEY=VALUE", value_parser = setting)]
    set: Vec<(String, String)>,
    /// Folder of everything that the server writes (storage.data).
    #[arg(long, global = true, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Folder of the models (models.dir).
    #[arg(long, global = true, value_name = "DIR")]
    models: Option<PathBuf>,
    /// Format of the log; RUST_LOG sets its levels.
    #[arg(long, global = true, value_enum, default_value = "text")]
    log: telemetry::Format,
}

#[derive(Subcommand)]
enum Command {
    /// Serve the pages, the API and live media.
    Serve(Serve),
    /// Migrate the database and seed the questions.
    Migrate,
    Analyze(analyze::Args),
    Voice(voice::Args),
    Words(words::Args),
    Rescore(rescore::Args),
    People(people::Args),
    Backup(backup::Backup),
    Restore(backup::Restore),
    /// Analyze uploads beside a server, on this or another machine.
    Worker(Work),
    /// Check models, runtime, database, store and ports.
    Doctor,
    /// Print what completes commands and options in a shell, as `coach completions bash`.
    Completions {
        #[arg(value_enum)]
        shell: clap_complete::Shell,
    },
    /// Print the manual page.
    #[command(hide = true)]
    PrintManual,
    /// Print the description of the API.
    #[command(hide = true)]
    PrintOpenapi,
}

#[derive(Args)]
struct Serve {
    /// Address of the pages and the API (http.bind).
    #[arg(long, value_name = "ADDRESS:PORT")]
    bind: Option<String>,
    /// Serve other devices too, by https at port 8443 of all addresses: a phone or a second computer is paired by a code.
    #[arg(long)]
    tls: bool,
    /// Address of the database (database.url).
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

#[derive(Args)]
struct Work {
    /// How many uploads are analyzed at once [default: jobs.workers, at least 1]
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(1..=64))]
    count: Option<u32>,
    /// Address of the database (database.url).
    #[arg(long, value_name = "URL")]
    database: Option<String>,
}

fn setting(text: &str) -> Result<(String, String), String> {
    let (key, value) = text.split_once('=').ok_or("it should be section.key=value")?;
    Ok((key.trim().to_owned(), value.to_owned()))
}

/// The word that makes this program a decoding process of another one.
const DECODE: &str = "decode-media";

/// Runs the program with the arguments and the environment of the process.
pub fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    // Before anything else: such a process reads no settings and starts no threads.
    if arguments.next().as_deref() == Some(DECODE) {
        coach_media::process::run(arguments);
    }
    memory::share_arenas();
    coach_media::process::enable(coach_media::process::Program::this(DECODE));
    let cli = Cli::parse();
    telemetry::init(cli.settings.log);
    match run(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("coach: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(cli: Cli) -> anyhow::Result<()> {
    let Cli { command, settings } = cli;
    match command {
        Command::PrintOpenapi => {
            println!("{}", http::openapi().to_pretty_json()?);
            Ok(())
        }
        Command::PrintManual => {
            std::io::stdout().write_all(&manual()?)?;
            Ok(())
        }
        Command::Completions { shell } => {
            clap_complete::generate(shell, &mut Cli::command(), "coach", &mut std::io::stdout());
            Ok(())
        }
        Command::Serve(flags) => {
            let defaults = if flags.tls { Config::for_network() } else { Config::default() };
            let flags = [("http.bind", flags.bind), ("database.url", flags.database)];
            let flags = flags.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?)));
            let config = load_over(defaults, settings, flags)?;
            complete(serve::run(config))
        }
        Command::Migrate => {
            let config = load(settings, [])?;
            runtime()?.block_on(async {
                open_database(&config).await?.close().await;
                println!("The database is up to date.");
                Ok(())
            })
        }
        Command::Analyze(args) => analyze::run(&args, &load(settings, [])?),
        Command::Voice(args) => voice::run(&args),
        Command::Words(args) => words::run(&args, &load(settings, [])?),
        Command::Doctor => {
            let config = load(settings, [])?;
            let well = runtime()?.block_on(doctor::run(&config, &mut std::io::stdout()))?;
            anyhow::ensure!(well, "something must be cured first");
            Ok(())
        }
        Command::Rescore(args) => {
            let config = load(settings, [])?;
            runtime()?.block_on(rescore::run(&args, &config, &mut std::io::stdout()))
        }
        Command::People(args) => {
            let config = load(settings, [])?;
            runtime()?.block_on(people::run(&args, &config, &mut std::io::stdout()))
        }
        Command::Backup(args) => {
            let config = load(settings, [])?;
            runtime()?.block_on(backup::back_up(&args, &config, &mut std::io::stdout()))
        }
        Command::Restore(args) => {
            let config = load(settings, [])?;
            runtime()?.block_on(backup::restore(&args, &config, &mut std::io::stdout()))
        }
        Command::Worker(flags) => {
            let config = load(settings, flags.database.map(|url| ("database.url".to_owned(), url)))?;
            complete(worker::run(config, flags.count))
        }
    }
}

/// Returns the manual page: the program, then each subcommand that people type.
fn manual() -> std::io::Result<Vec<u8>> {
    let mut all = Cli::command();
    all.build();
    let mut page = Vec::new();
    clap_mangen::Man::new(all.clone()).render(&mut page)?;
    for command in all.get_subcommands().filter(|command| !command.is_hide_set() && command.get_name() != "help") {
        let name = command.get_name().to_uppercase();
        writeln!(page, ".SH \"COACH {name}\"")?;
        let man = clap_mangen::Man::new(command.clone());
        man.render_description_section(&mut page)?;
        man.render_options_section(&mut page)?;
    }
    Ok(page)
}

fn load(settings: Settings, flags: impl IntoIterator<Item = (String, String)>) -> anyhow::Result<Config> {
    load_over(Config::default(), settings, flags)
}

fn load_over(
    defaults: Config,
    settings: Settings,
    flags: impl IntoIterator<Item = (String, String)>,
) -> anyhow::Result<Config> {
    let text = |path: PathBuf| path.to_string_lossy().into_owned();
    let mut all = settings.set;
    all.extend(settings.data.map(|path| ("storage.data".to_owned(), text(path))));
    all.extend(settings.models.map(|path| ("models.dir".to_owned(), text(path))));
    all.extend(flags);
    let layers = Layers {
        defaults,
        file: settings.config,
        default_file: Some(PathBuf::from("coach.toml")),
        // Variables that are not valid text cannot be settings.
        environment: std::env::vars_os()
            .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
            .collect(),
        flags: all,
    };
    Ok(layers.load()?)
}

/// Returns progress on the terminal by a template of indicatif; where there is no terminal, nothing is shown.
fn progress_bar(template: &str) -> indicatif::ProgressBar {
    let bar = indicatif::ProgressBar::new(0);
    match indicatif::ProgressStyle::with_template(template) {
        Ok(style) if std::io::stderr().is_terminal() => bar.with_style(style),
        _ => indicatif::ProgressBar::hidden(),
    }
}

/// Opens the database and migrates its schema.
///
/// # Errors
/// The database cannot be reached, or belongs to a newer version of the program.
pub async fn open_database(config: &Config) -> anyhow::Result<Db> {
    let db = Db::open(&config.database_url(), config.database.max_connections).await?;
    db.migrate().await?;
    Ok(db)
}

/// How long threads that still work may hold the end up: whatever they do is done again or is nobody's any more.
const GRACE: Duration = Duration::from_secs(10);

/// Runs a service to its end, which no thread that hangs puts off.
fn complete(service: impl Future<Output = anyhow::Result<()>>) -> anyhow::Result<()> {
    let runtime = runtime()?;
    let done = runtime.block_on(service);
    runtime.shutdown_timeout(GRACE);
    done
}

fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    Ok(tokio::runtime::Builder::new_multi_thread().enable_all().build()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn a_setting_without_an_equals_sign_is_refused() {
        assert!(setting("http.bind").is_err());
        assert_eq!(setting("a.b=c=d").unwrap(), ("a.b".into(), "c=d".into()));
    }
}
