//! Runs a pipeline of GStreamer in which the element `whipsink` may stand: whipsink PIPELINE SECONDS. Ends with 0 when the pipeline ran for so
//! long, or to its end, and the element took its media back at the server.

use gstreamer::prelude::*;
use gstreamer::{ClockTime, MessageView, State};
use std::process::ExitCode;
use std::time::{Duration, Instant};

fn main() -> ExitCode {
    match run() {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error}");
            ExitCode::FAILURE
        }
    }
}

fn run() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let (Some(text), Some(seconds)) = (arguments.next(), arguments.next()) else {
        return Err("usage: whipsink PIPELINE SECONDS".into());
    };
    gstreamer::init()?;
    gstwebrtchttp::plugin_register_static()?;
    let pipeline = gstreamer::parse::launch(&text)?;
    let bus = pipeline.bus().ok_or("a pipeline has a bus")?;
    pipeline.set_state(State::Playing)?;
    let end = Instant::now() + Duration::from_secs_f64(seconds.parse()?);
    let ran = loop {
        let left = end.saturating_duration_since(Instant::now());
        if left.is_zero() {
            break Ok(());
        }
        let left = ClockTime::from_nseconds(left.as_nanos() as u64);
        match bus.timed_pop(left) {
            Some(message) => match message.view() {
                MessageView::Eos(_) => break Ok(()),
                MessageView::Error(error) => break Err(format!("{}: {:?}", error.error(), error.debug()).into()),
                _ => {}
            },
            None => break Ok(()),
        }
    };
    // The element says goodbye to the server while it is stopped.
    pipeline.set_state(State::Null)?;
    ran
}
