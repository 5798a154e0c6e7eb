//! The in-memory store satisfies the contract.

use countersign_store_contract::MemoryStore;

countersign_store_contract::suite!(async { (MemoryStore::default(), ()) });
