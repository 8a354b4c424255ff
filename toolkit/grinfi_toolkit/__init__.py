"""What users of the Grinfi API do all day, on the public SDK: reports, inbox, webhooks, copies, tools for agents."""
