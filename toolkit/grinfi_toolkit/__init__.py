"""Features on the public SDK: reports, inbox, webhooks, profiles, data loading, tools for agents."""
