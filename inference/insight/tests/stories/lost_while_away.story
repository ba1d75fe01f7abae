# The network fails for four seconds; half a minute later the voice is as before and nothing is held against anybody.
device-check
only long_pause speak_up look_at_camera back_in_frame
0:00 speak 140
0:20 lose audio
0:20 lose video
0:24 find
1:00 end
expect no hints
expect long_pauses under 0.1
expect presence over 0.99
expect volume_consistency under 2.5
