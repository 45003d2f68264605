//! The pictures of the access passes: sixteen shapes, described in a square from -1 to 1 with y pointing down.

/// A shape: its name, and whether a point belongs to it.
pub(crate) struct Shape {
    /// A word that a person hears from a screen reader.
    pub(crate) name: &'static str,
    /// Whether the point is inside.
    pub(crate) contains: fn(f32, f32) -> bool,
}

/// All shapes. They differ in outline, so that colours help but are never needed.
pub(crate) const SHAPES: [Shape; 16] = [
    Shape {
        name: "disc",
        contains: |x, y| disc(x, y, 0.0, 0.0, 0.8),
    },
    Shape {
        name: "ring",
        contains: |x, y| disc(x, y, 0.0, 0.0, 0.85) && !disc(x, y, 0.0, 0.0, 0.45),
    },
    Shape {
        name: "moon",
        contains: |x, y| disc(x, y, -0.1, 0.0, 0.85) && !disc(x, y, 0.3, -0.15, 0.7),
    },
    Shape {
        name: "drop",
        contains: |x, y| disc(x, y, 0.0, 0.3, 0.58) || inside(x, y, &DROP_TIP),
    },
    Shape {
        name: "cloud",
        contains: cloud,
    },
    Shape {
        name: "flower",
        contains: flower,
    },
    Shape {
        name: "heart",
        contains: heart,
    },
    Shape {
        name: "star",
        contains: |x, y| inside(x, y, &STAR),
    },
    Shape {
        name: "triangle",
        contains: |x, y| inside(x, y, &[(0.0, -0.85), (0.9, 0.7), (-0.9, 0.7)]),
    },
    Shape {
        name: "diamond",
        contains: |x, y| x.abs() / 0.7 + y.abs() / 0.95 <= 1.0,
    },
    Shape {
        name: "cross",
        contains: |x, y| x.abs().min(y.abs()) <= 0.27 && x.abs().max(y.abs()) <= 0.85,
    },
    Shape {
        name: "hexagon",
        contains: |x, y| y.abs() <= 0.76 && x.abs() + y.abs() * 0.577 <= 0.88,
    },
    Shape {
        name: "arrow",
        contains: |x, y| inside(x, y, &ARROW),
    },
    Shape {
        name: "lightning",
        contains: |x, y| inside(x, y, &LIGHTNING),
    },
    Shape {
        name: "house",
        contains: |x, y| inside(x, y, &HOUSE) && !(x.abs() <= 0.18 && y > 0.25),
    },
    Shape {
        name: "hourglass",
        contains: |x, y| y.abs() <= 0.85 && x.abs() <= 0.08 + y.abs() * 0.75,
    },
];

type Point = (f32, f32);

const DROP_TIP: [Point; 3] = [(0.0, -0.92), (0.53, 0.08), (-0.53, 0.08)];
/// The lines touch the two discs above them.
const HEART_TIP: [Point; 5] = [
    (0.0, 0.88),
    (0.745, -0.011),
    (0.4, -0.3),
    (-0.4, -0.3),
    (-0.745, -0.011),
];
const ARROW: [Point; 7] = [
    (0.9, 0.0),
    (0.1, -0.75),
    (0.1, -0.28),
    (-0.85, -0.28),
    (-0.85, 0.28),
    (0.1, 0.28),
    (0.1, 0.75),
];
const LIGHTNING: [Point; 6] = [
    (0.25, -0.95),
    (-0.6, 0.15),
    (-0.05, 0.15),
    (-0.25, 0.95),
    (0.6, -0.2),
    (0.05, -0.2),
];
const HOUSE: [Point; 7] = [
    (0.0, -0.9),
    (0.95, -0.05),
    (0.68, -0.05),
    (0.68, 0.8),
    (-0.68, 0.8),
    (-0.68, -0.05),
    (-0.95, -0.05),
];
const STAR: [Point; 10] = [
    (0.0, -0.95),
    (0.225, -0.26),
    (0.95, -0.26),
    (0.364, 0.168),
    (0.588, 0.858),
    (0.0, 0.432),
    (-0.588, 0.858),
    (-0.364, 0.168),
    (-0.95, -0.26),
    (-0.225, -0.26),
];

fn disc(x: f32, y: f32, centre_x: f32, centre_y: f32, radius: f32) -> bool {
    (x - centre_x).powi(2) + (y - centre_y).powi(2) <= radius * radius
}

fn cloud(x: f32, y: f32) -> bool {
    let base = (-0.55..=0.55).contains(&x) && (0.0..=0.55).contains(&y);
    base || disc(x, y, -0.55, 0.2, 0.35)
        || disc(x, y, 0.58, 0.22, 0.33)
        || disc(x, y, 0.02, -0.12, 0.5)
}

fn flower(x: f32, y: f32) -> bool {
    let petals = [
        (0.0, -0.5),
        (0.476, -0.155),
        (0.294, 0.405),
        (-0.294, 0.405),
        (-0.476, -0.155),
    ];
    petals.iter().any(|&(px, py)| disc(x, y, px, py, 0.36)) && !disc(x, y, 0.0, 0.0, 0.2)
}

fn heart(x: f32, y: f32) -> bool {
    disc(x, y, -0.4, -0.3, 0.45) || disc(x, y, 0.4, -0.3, 0.45) || inside(x, y, &HEART_TIP)
}

/// Whether a ray to the right crosses the polygon's border an odd number of times.
fn inside(x: f32, y: f32, corners: &[Point]) -> bool {
    let mut odd = false;
    let mut from = corners.last().copied().unwrap_or_default();
    for &to in corners {
        if (from.1 > y) != (to.1 > y)
            && x < (to.0 - from.0) * (y - from.1) / (to.1 - from.1) + from.0
        {
            odd = !odd;
        }
        from = to;
    }
    odd
}
