"""Tables, repositories, the embedded cluster, the journal that feeds it."""
