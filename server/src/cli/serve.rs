//! `coach serve`: starts all parts of the server and runs them until it is asked to stop.

use super::network;
use crate::config::Config;
use crate::context::Context;
use crate::http::app::App;
use crate::jobs::{self, erase};
use crate::session::{Event, State};
use crate::store;
use crate::{analysis, http, live, objects, private, shutdown, sole, telemetry, uploads};
use anyhow::Context as _;
use std::time::Duration;
use store::jobs::NewJob;
use store::sessions::Source;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

/// Time that requests have to end when the server stops.
const GRACE: Duration = Duration::from_secs(10);

/// Serves until SIGINT or SIGTERM.
pub async fn run(config: Config) -> anyhow::Result<()> {
    private::from_now_on();
    let descriptors = http::listen::raise_descriptors();
    let recorder = telemetry::recorder().context("the metrics cannot be recorded")?;
    let listener = TcpListener::bind(config.http.bind)
        .await
        .with_context(|| format!("cannot listen on {}; choose another http.bind", config.http.bind))?;
    let stop = CancellationToken::new();
    let sole = sole::take(&config, stop.clone()).await?;
    let tightened = private::tighten(&config.storage.data)
        .with_context(|| format!("{} cannot be closed to other accounts", config.storage.data.display()))?;
    if tightened > 0 {
        tracing::warn!(
            entries = tightened,
            "other accounts of this machine could open what is in the data folder; not any more"
        );
    }
    // The store outlives the rest: sessions that end at the very last still go there.
    let store_stop = CancellationToken::new();
    let objects = objects::archive::open(&config, store_stop.clone()).await?;
    let db = super::open_database(&config).await?;
    let mut context = Context::new(config, db, objects);
    context.shutdown = stop.clone();
    take_up(&context).await?;
    let analyzers = analysis::load(&context).await?;
    let live = live::open(&context, analyzers.clone()).await?;
    let app = App::builder(context.clone()).build(live.clone()).await?;

    let tls = network::certificate(&context.config)?.map(http::listen::tls::acceptor).transpose()?;
    let analyses = jobs::analyses(&context, analyzers, context.config.jobs.workers)?;
    let system = jobs::system(&context)?;
    tokio::spawn(jobs::retention::run(context.clone()));
    tokio::spawn(jobs::relay::run(context.clone()));
    tokio::spawn(uploads::sweep::run(context.clone()));
    let hub = context.hub.clone();
    let upkeep = tokio::spawn(async move {
        let mut tick = tokio::time::interval(Duration::from_secs(5));
        loop {
            tick.tick().await;
            recorder.run_upkeep();
            hub.sweep();
        }
    });

    tracing::info!(address = %listener.local_addr()?, "the coach is at {}", context.config.http.base_url());
    network::invite(&app);
    let options = http::listen::Options {
        connections: http::listen::connections(descriptors),
        proxies: context.config.http.trusted_proxies.iter().map(|network| network.0).collect(),
        tls,
    };
    let serving = tokio::spawn(http::listen::serve(listener, http::router(app), options, stop.clone()));
    tokio::select! {
        asked = shutdown::asked() => asked?,
        // Another server has the database now.
        () = stop.cancelled() => {}
    }
    stop.cancel();
    context.hub.close_all();
    match tokio::time::timeout(GRACE, serving).await {
        Ok(served) => served.context("the server's task broke")?,
        Err(_) => tracing::warn!("some requests did not end in time"),
    }
    let jobs = futures::future::join(analyses.wait(), system.wait());
    if tokio::time::timeout(GRACE, jobs).await.is_err() {
        tracing::warn!("a job did not end in time; its lease runs out and it is taken up again");
    }
    live.close().await;
    store_stop.cancel();
    upkeep.abort();
    context.db.close().await;
    drop(sole);
    Ok(())
}

/// Handles what a crash left behind: running sessions become `interrupted`, deleted ones are erased.
pub async fn take_up(context: &Context) -> anyhow::Result<()> {
    for state in [State::Live, State::Grace, State::Finalising, State::Scoring] {
        // Uploads are continued by their jobs.
        let found = store::sessions::all_owners_in_state(&context.db, state).await?;
        for session in found.into_iter().filter(|s| s.source == Source::Live) {
            tracing::warn!(session = %session.id, state = state.as_str(), "found a session that was interrupted");
            context.machine.apply(session.owner, session.id, Event::Found).await?;
        }
    }
    for session in store::sessions::all_owners_in_state(&context.db, State::Deleted).await? {
        context.queue.enqueue(NewJob::of_session(erase::KIND, session.owner, session.id)).await?;
    }
    Ok(())
}
