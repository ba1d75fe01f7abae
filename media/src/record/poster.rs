//! The still picture that stands for a recording.
use super::Error;
use std::path::Path;
pub fn poster(_path: &Path, _out_jpeg: &Path) -> Result<(), Error> {
    Err(Error::Empty)
}
