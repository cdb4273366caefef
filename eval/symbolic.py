def equal_by_algebra(prediction: str, reference: str) -> bool:
    return False
