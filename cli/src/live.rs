//! REST APIs that are really called.

use b2c_journey::Stubs;
use b2c_journey::simulate::{Simulation, UrlMapping};
use clap::Args;

/// Which APIs are called, and where they are.
#[derive(Debug, Args)]
pub(crate) struct Live {
    /// Really call the REST API of this technical profile, whatever a stub says; repeatable
    #[arg(long = "live", value_name = "PROFILE")]
    profiles: Vec<String>,
    /// Send calls that are live to another address, https://api.contoso.com=http://127.0.0.1:8080 for example; repeatable
    #[arg(long = "map", value_name = "URL=URL")]
    mappings: Vec<UrlMapping>,
}

impl Live {
    /// Puts it into a simulation.
    pub(crate) fn apply<'j>(&self, simulation: Simulation<'j>) -> Simulation<'j> {
        let simulation = self.profiles.iter().fold(simulation, |simulation, profile| simulation.stub(profile, Stubs::live()));
        self.mappings.iter().fold(simulation, |simulation, mapping| simulation.map_url(mapping.clone()))
    }
}
