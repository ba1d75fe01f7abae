//! The canonical face: where 33 weighted landmarks lie on a face of standard size, for the head pose.
//!
//! It comes from `geometry_pipeline_metadata_landmarks.binarypb` of the bundle. The lite model has no such file, so the same
//! 33 points are kept here as a table.

use super::Cause;
use prost::Message;

/// Landmarks of the mesh without irises.
const VERTICES: usize = 468;
/// x, y, z, u, v per vertex.
const STRIDE: usize = 5;

/// One landmark that the pose is fitted to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Anchor {
    /// Which of the 468 landmarks.
    pub index: usize,
    /// Its weight in the fit; all weights together are about 1.
    pub weight: f32,
    /// Its place on the canonical face in centimetres: x to the viewer's right, y up, z towards the camera.
    pub at: [f32; 3],
}

/// The weighted points of the canonical face.
#[derive(Clone, Debug, PartialEq)]
pub struct Geometry {
    pub anchors: Vec<Anchor>,
}

impl Geometry {
    /// Reads MediaPipe's `GeometryPipelineMetadata`.
    pub fn read(binarypb: &[u8]) -> Result<Geometry, Cause> {
        let metadata = proto::Metadata::decode(binarypb).map_err(|e| Cause::Geometry(e.to_string()))?;
        let vertices = metadata.canonical_mesh.map(|m| m.vertex_buffer).unwrap_or_default();
        if vertices.len() != VERTICES * STRIDE {
            return Err(Cause::Geometry(format!("{} numbers are no mesh of {VERTICES} vertices", vertices.len())));
        }
        let mut anchors = Vec::with_capacity(metadata.procrustes_landmark_basis.len());
        for basis in &metadata.procrustes_landmark_basis {
            let index = basis.landmark_id as usize;
            let vertex = vertices.get(index.saturating_mul(STRIDE)..).ok_or(Cause::BadIndex)?;
            let at = *vertex.first_chunk::<3>().ok_or(Cause::BadIndex)?;
            anchors.push(Anchor { index, weight: basis.weight, at });
        }
        Geometry { anchors }.checked()
    }

    /// The table of this file.
    pub fn canonical() -> Geometry {
        Geometry { anchors: CANONICAL.to_vec() }
    }

    /// Passes on a geometry that a pose can be fitted to; anything else is a damaged file.
    pub fn checked(self) -> Result<Geometry, Cause> {
        let count = self.anchors.len();
        let sound = |a: &Anchor| {
            a.index < VERTICES && a.weight.is_finite() && a.weight > 0.0 && a.at.iter().all(|v| v.is_finite())
        };
        if (4..=VERTICES).contains(&count) && self.anchors.iter().all(sound) {
            Ok(self)
        } else {
            Err(Cause::Geometry(format!("{count} weighted points that cannot be fitted to")))
        }
    }
}

/// The messages of `geometry_pipeline_metadata.proto` and `mesh_3d.proto` that are read.
mod proto {
    use prost::Message;

    #[derive(Message)]
    pub struct Metadata {
        #[prost(message, optional, tag = "1")]
        pub canonical_mesh: Option<Mesh>,
        #[prost(message, repeated, tag = "2")]
        pub procrustes_landmark_basis: Vec<Basis>,
    }

    #[derive(Message)]
    pub struct Mesh {
        #[prost(float, repeated, tag = "3")]
        pub vertex_buffer: Vec<f32>,
    }

    #[derive(Message)]
    pub struct Basis {
        #[prost(uint32, tag = "1")]
        pub landmark_id: u32,
        #[prost(float, tag = "2")]
        pub weight: f32,
    }
}

/// From the canonical face model of MediaPipe (Google, Apache-2.0; `face_landmarker.task` float16/1), centimetres.
#[rustfmt::skip]
const CANONICAL: [Anchor; 33] = [
    Anchor { index: 4, weight: 0.07090994, at: [0.0, -0.46317, 7.58658] },
    Anchor { index: 6, weight: 0.032100145, at: [0.0, 2.473255, 5.788627] },
    Anchor { index: 10, weight: 0.008446551, at: [0.0, 8.261778, 4.481535] },
    Anchor { index: 33, weight: 0.05872417, at: [-4.445859, 2.663991, 3.173422] },
    Anchor { index: 54, weight: 0.00766708, at: [-6.279331, 6.615427, 1.42585] },
    Anchor { index: 67, weight: 0.009078059, at: [-3.523964, 8.005976, 3.729163] },
    Anchor { index: 117, weight: 0.009791938, at: [-5.258659, 0.945811, 2.974312] },
    Anchor { index: 119, weight: 0.014565368, at: [-3.300681, 0.861641, 3.872784] },
    Anchor { index: 121, weight: 0.018591361, at: [-1.820731, 1.467954, 4.224124] },
    Anchor { index: 127, weight: 0.0051979944, at: [-7.743095, 2.364999, -2.005167] },
    Anchor { index: 129, weight: 0.120625205, at: [-1.785794, -0.978284, 4.85047] },
    Anchor { index: 132, weight: 0.0055600186, at: [-7.270895, -2.890917, -2.252455] },
    Anchor { index: 133, weight: 0.053286184, at: [-1.856432, 2.585245, 3.757904] },
    Anchor { index: 136, weight: 0.066890456, at: [-5.085276, -7.17859, 0.714711] },
    Anchor { index: 143, weight: 0.014816548, at: [-6.407571, 2.236021, 1.560843] },
    Anchor { index: 147, weight: 0.014262834, at: [-6.234883, -1.94443, 1.663542] },
    Anchor { index: 198, weight: 0.025462192, at: [-1.246815, 0.230297, 5.681036] },
    Anchor { index: 205, weight: 0.04725228, at: [-3.832928, -1.537326, 4.137731] },
    Anchor { index: 263, weight: 0.05872417, at: [4.445859, 2.663991, 3.173422] },
    Anchor { index: 284, weight: 0.00766708, at: [6.279331, 6.615427, 1.42585] },
    Anchor { index: 297, weight: 0.009078059, at: [3.523964, 8.005976, 3.729163] },
    Anchor { index: 346, weight: 0.009791938, at: [5.258659, 0.945811, 2.974312] },
    Anchor { index: 348, weight: 0.014565368, at: [3.300681, 0.861641, 3.872784] },
    Anchor { index: 350, weight: 0.018591361, at: [1.820731, 1.467954, 4.224124] },
    Anchor { index: 356, weight: 0.0051979944, at: [7.743095, 2.364999, -2.005167] },
    Anchor { index: 358, weight: 0.120625205, at: [1.785794, -0.978284, 4.85047] },
    Anchor { index: 361, weight: 0.0055600186, at: [7.270895, -2.890917, -2.252455] },
    Anchor { index: 362, weight: 0.053286184, at: [1.856432, 2.585245, 3.757904] },
    Anchor { index: 365, weight: 0.066890456, at: [5.085276, -7.17859, 0.714711] },
    Anchor { index: 372, weight: 0.014816548, at: [6.407571, 2.236021, 1.560843] },
    Anchor { index: 376, weight: 0.014262834, at: [6.234883, -1.94443, 1.663542] },
    Anchor { index: 420, weight: 0.025462192, at: [1.246815, 0.230297, 5.681036] },
    Anchor { index: 425, weight: 0.04725228, at: [3.832928, -1.537326, 4.137731] },
];
