//! `coach people`: the accounts of a server where people sign in.

use crate::clock::{DAY_US, now_us};
use crate::config::Config;
use crate::store::Db;
use crate::store::people::identities::{self, LOCAL};
use crate::store::people::users::{self, AccountRole};
use crate::store::people::{passkeys, passwords};
use anyhow::Context as _;
use coach_core::UserId;
use std::io::Write;

/// How long an invitation or a reset is good for, days.
const LINK_DAYS: i64 = 7;

/// Make, list, disable and adopt accounts. A person is named by e-mail address, or by id as `list` prints it.
#[derive(Debug, Clone, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    pub action: Action,
}

#[derive(Debug, Clone, clap::Subcommand)]
pub enum Action {
    /// Make a local account and print the link by which its person sets a password
    Add {
        #[arg(value_name = "EMAIL")]
        email: String,
        #[arg(long)]
        name: Option<String>,
        /// candidate, coach or admin; none of them reads sessions of others
        #[arg(long, default_value = "candidate", value_parser = role)]
        role: AccountRole,
        /// Send the link by mail instead of printing it
        #[arg(long)]
        mail: bool,
    },
    /// Print a link by which the person sets a new password; links printed before end
    Reset {
        #[arg(value_name = "PERSON")]
        person: String,
    },
    /// List all accounts
    List,
    /// Sign a person out everywhere and let them in no more; their sessions stay
    Disable {
        #[arg(value_name = "PERSON")]
        person: String,
    },
    /// Forget the passkeys of a person who has lost them; their password alone signs them in again
    ForgetPasskeys {
        #[arg(value_name = "PERSON")]
        person: String,
    },
    /// Let a disabled person in again
    Enable {
        #[arg(value_name = "PERSON")]
        person: String,
    },
    /// Give the sessions of personal mode to this person; they go to one account alone
    Adopt {
        #[arg(value_name = "PERSON")]
        person: String,
    },
}

fn role(text: &str) -> Result<AccountRole, String> {
    AccountRole::try_from(text.to_owned()).map_err(|_| "it should be candidate, coach or admin".into())
}

/// Does what was asked and prints one line for each result.
///
/// # Errors
/// The database cannot be opened, or there is no such person.
pub async fn run(args: &Args, config: &Config, to: &mut impl Write) -> anyhow::Result<()> {
    let db = super::open_database(config).await?;
    let done = act(&args.action, &db, config, to).await;
    db.close().await;
    done
}

/// Does what was asked on an open database.
///
/// # Errors
/// There is no such person, or the database does not answer.
pub async fn act(action: &Action, db: &Db, config: &Config, to: &mut impl Write) -> anyhow::Result<()> {
    match action {
        Action::Add { email, name, role, mail } => {
            anyhow::ensure!(config.auth.local, "this server has no local accounts: set auth.local = true first");
            let email = email.trim().to_lowercase();
            let plain = email.split_once('@').is_some_and(|(name, host)| !name.is_empty() && !host.is_empty());
            anyhow::ensure!(
                plain && email.len() <= 254 && !email.contains(char::is_whitespace),
                "{email:?} is no address"
            );
            anyhow::ensure!(
                identities::find(db, LOCAL, &email).await?.is_none(),
                "{email} has an account; `coach people reset {email}` prints a new link"
            );
            anyhow::ensure!(!mail || config.mail.enabled(), "this server sends no mail: set mail.url first");
            let person = passwords::add(db, &email, name.clone(), *role).await?.context("the account is disabled")?;
            if !mail {
                return link(db, person, config, to).await;
            }
            crate::store::jobs::enqueue(db, crate::jobs::notify::mail::invitation(person)).await?;
            Ok(writeln!(to, "The running server sends the link to {email}.")?)
        }
        Action::Reset { person } => {
            let person = find(db, person).await?;
            let local = identities::all(db).await?.iter().any(|(id, issuer, _)| *id == person.0 && issuer == LOCAL);
            anyhow::ensure!(local, "this person signs in at the provider and has no password here");
            link(db, person, config, to).await
        }
        Action::List => list(db, to).await,
        Action::Disable { person } => {
            users::disable(db, find(db, person).await?).await?;
            Ok(writeln!(to, "Disabled. Their sessions stay.")?)
        }
        Action::ForgetPasskeys { person } => {
            let gone = passkeys::remove_all(db, find(db, person).await?).await?;
            Ok(writeln!(to, "{gone} passkeys are forgotten.")?)
        }
        Action::Enable { person } => {
            users::enable(db, find(db, person).await?).await?;
            Ok(writeln!(to, "Enabled.")?)
        }
        Action::Adopt { person } => {
            let person = find(db, person).await?;
            let personal = users::personal(db).await?;
            let given = identities::all(db).await?.iter().any(|(id, ..)| *id == personal.0);
            // Another account would become the same person, with everything that is the first one's.
            anyhow::ensure!(
                person == personal || !given,
                "the sessions of personal mode belong to another account already, whose id is {personal}"
            );
            let owner = users::adopt(db, person).await?;
            Ok(writeln!(to, "The sessions of personal mode belong to this person, whose id is now {owner}.")?)
        }
    }
}

/// Prints a link in whose address the secret stands after `#`, so that no server and no proxy logs it.
async fn link(db: &Db, person: UserId, config: &Config, to: &mut impl Write) -> anyhow::Result<()> {
    let secret = passwords::link(db, person, now_us() + LINK_DAYS * DAY_US).await?;
    writeln!(to, "{}/password#{secret}", config.http.base_url())?;
    writeln!(to, "Good once and for {LINK_DAYS} days. Whoever has it sets the password.")?;
    Ok(())
}

async fn list(db: &Db, to: &mut impl Write) -> anyhow::Result<()> {
    let identities = identities::all(db).await?;
    for account in users::all(db).await? {
        let by: Vec<String> = identities
            .iter()
            .filter(|(person, ..)| *person == account.id)
            .map(|(_, issuer, subject)| format!("{subject} at {issuer}"))
            .collect();
        let by = if by.is_empty() { "nothing: the person of personal mode".into() } else { by.join(", ") };
        let email = account.email.as_deref().unwrap_or("-");
        let name = account.name.as_deref().unwrap_or("-");
        let disabled = if account.disabled_us.is_some() { "  disabled" } else { "" };
        writeln!(to, "{}  {}  {email}  {name}  signs in by {by}{disabled}", account.id, account.role.as_str())?;
    }
    Ok(())
}

async fn find(db: &Db, person: &str) -> anyhow::Result<UserId> {
    if let Ok(id) = person.parse::<uuid::Uuid>() {
        let found = users::get(db, UserId(id)).await?;
        return Ok(UserId(found.with_context(|| format!("there is no person {id}"))?.id));
    }
    let email = person.trim().to_lowercase();
    let found: Vec<_> =
        users::all(db).await?.into_iter().filter(|account| account.email.as_deref() == Some(&email)).collect();
    match found.as_slice() {
        [one] => Ok(UserId(one.id)),
        [] => anyhow::bail!("nobody has the address {email:?}; `coach people list` prints everybody"),
        _ => anyhow::bail!(
            "several people have the address {email:?}; name one by the id that `coach people list` prints"
        ),
    }
}
