//! The embedded store as a process of its own, and a look into any store: for tests that stop one, and for trying things out.
//!
//! ```text
//! s3 serve DIR 127.0.0.1:9000          # keys: $S3_ACCESS_KEY, $S3_SECRET_KEY; until it is killed
//! s3 list http://127.0.0.1:9000 coach  # one line for each object and each unfinished upload of the bucket
//! ```

use anyhow::{Context, Result, bail};
use coach_archive::store::{Cors, Keys, Options, Store};
use coach_archive::{Archive, Config};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let variable = |name: &str| std::env::var(name).with_context(|| format!("{name} is not set"));
    let keys = Keys { access_key: variable("S3_ACCESS_KEY")?, secret_key: variable("S3_SECRET_KEY")? };
    match &arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["serve", dir, bind] => {
            let store = Store::open(Options { keys: Some(keys), ..Options::new(dir) })?;
            let listener = TcpListener::bind(bind).await?;
            println!("serving on {}", listener.local_addr()?);
            Ok(store.serve(listener, Cors::default(), std::future::pending()).await?)
        }
        ["list", endpoint, bucket] => {
            let archive = Archive::new(Config { bucket: (*bucket).into(), ..Config::embedded(*endpoint, keys) })?;
            for object in archive.list("").await? {
                println!("object {} {}", object.key, object.size);
            }
            for upload in archive.unfinished("").await? {
                println!("upload {} {}", upload.key, archive.resume(&upload.key, &upload.id).await?.durable());
            }
            Ok(())
        }
        _ => bail!("s3 serve DIR ADDRESS | s3 list ENDPOINT BUCKET"),
    }
}
