//! The store in memory keeps the contract.

use countersign_store_contract::MemoryStore;

countersign_store_contract::suite!(async { (MemoryStore::default(), ()) });
