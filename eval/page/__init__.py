"""The pages of `synthllm report`: what each section shows, its drawings, and the script that makes it explorable."""
